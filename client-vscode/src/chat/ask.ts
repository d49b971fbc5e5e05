import type * as vscode from 'vscode';
import { ProgressType, type LanguageClient } from 'vscode-languageclient/node';

import { QUERIES, type ChatAnswer, type ChatParams, type WireNotice, type WorkEvent } from '../protocol.js';

const EVENTS = new ProgressType<WorkEvent>();
let count = 0;

/** Hears of an answer while it is written. */
export interface AnswerListener {
  text(piece: string): void;
  notice(notice: WireNotice): void;
}

/** Has a message answered; undefined when that was cancelled, which stops the model. */
export async function ask(
  client: LanguageClient,
  params: ChatParams,
  listener: AnswerListener,
  token: vscode.CancellationToken,
): Promise<ChatAnswer | undefined> {
  const partialResultToken = `planfirst-chat-${++count}`;
  const events = client.onProgress(EVENTS, partialResultToken, (event) => {
    if (event.kind === 'text') {
      listener.text(event.text);
    } else if (event.kind === 'notice') {
      listener.notice(event.notice);
    }
  });
  try {
    return await client.sendRequest<ChatAnswer>(QUERIES.chat, { ...params, partialResultToken }, token);
  } catch (error) {
    if (token.isCancellationRequested) {
      return undefined;
    }
    throw error;
  } finally {
    events.dispose();
  }
}
