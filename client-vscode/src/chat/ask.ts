import type * as vscode from 'vscode';
import { ProgressType, type LanguageClient } from 'vscode-languageclient/node';

import { QUERIES, type ChatAnswer, type ChatParams, type WireNotice, type WorkEvent } from '../protocol.js';

const EVENTS = new ProgressType<WorkEvent>();
let count = 0;

/** Who hears of an answer while it is written. */
export interface Hearer {
  text(piece: string): void;
  notice(notice: WireNotice): void;
}

/** Has a message answered; undefined when that was cancelled, which stops the model. */
export async function ask(
  client: LanguageClient,
  params: ChatParams,
  hearer: Hearer,
  token: vscode.CancellationToken,
): Promise<ChatAnswer | undefined> {
  const partialResultToken = `planfirst-chat-${++count}`;
  const listener = client.onProgress(EVENTS, partialResultToken, (event) => {
    if (event.kind === 'text') {
      hearer.text(event.text);
    } else if (event.kind === 'notice') {
      hearer.notice(event.notice);
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
    listener.dispose();
  }
}
