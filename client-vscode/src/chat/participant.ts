import * as vscode from 'vscode';
import { ResponseError } from 'vscode-languageclient/node';

import type { Context } from '../context.js';
import { Failure, messageOf } from '../failures.js';
import { indexWorkspace } from '../manage/workspace.js';
import { METHODS, TASKS, type ChatParams, type Goal, type TaskName, type WireNotice } from '../protocol.js';
import { noticeText } from '../pure/chatText.js';
import { messagesOf, type Said } from '../pure/conversation.js';
import { InertText } from '../pure/inert.js';
import { ask } from './ask.js';
import { activeCode, attachedTo } from './attached.js';
import { VENDOR } from './provider.js';
import { untrusted, type ChatRequests } from './requests.js';

const { t } = vscode.l10n;

const ID = 'planfirst.chat'; // as in package.json

/** `@planfirst` in the editor's chat. Undefined where the editor has none. */
export function registerParticipant(context: Context, requests: ChatRequests): vscode.Disposable | undefined {
  const { chat } = vscode as { chat?: { createChatParticipant?: typeof vscode.chat.createChatParticipant } };
  if (!chat?.createChatParticipant) {
    return undefined;
  }
  const participant = chat.createChatParticipant(ID, async (request, { history }, stream, token) => {
    try {
      return await answered(context, requests, request, history, stream, token);
    } catch (error) {
      context.log.error(`chat: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
      if (error instanceof ResponseError && MODEL_CODES.includes((error.data as { code?: string } | undefined)?.code ?? '')) {
        stream.button({ title: t('Choose Model'), command: 'planfirst.chooseModel' });
      }
      return { errorDetails: { message: messageOf(error) } };
    }
  });
  participant.iconPath = new vscode.ThemeIcon('list-ordered');
  return participant;
}

/** The codes of failures that another model helps against. */
const MODEL_CODES: readonly string[] = ['chat-model-copies', 'chat-model-gone', 'model-unknown', 'model-missing'];

async function answered(
  context: Context,
  requests: ChatRequests,
  request: vscode.ChatRequest,
  history: vscode.ChatContext['history'],
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<vscode.ChatResult | undefined> {
  const { command = '', prompt } = request;
  if (command in METHODS) {
    await requests.run(command as Goal, prompt, stream, token);
    return undefined;
  }
  if (command === 'index') {
    await indexWorkspace(context);
    stream.markdown(untrusted(t('Once the code of this workspace has been read, the search finds your own functions as examples. The status bar says when it is done.')));
    return undefined;
  }
  const task = TASKS.find((name) => name === command);
  return converse(context, task, request, history, stream, token);
}

async function converse(
  context: Context,
  task: TaskName | undefined,
  request: vscode.ChatRequest,
  history: vscode.ChatContext['history'],
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<vscode.ChatResult | undefined> {
  const given = await attachedTo(request.references);
  const attached = given.length > 0 ? given : activeCode(task !== undefined);
  const client = await context.server.ready();
  if (!client) {
    throw new Failure(t('The Planfirst server is not running, so no model can answer. Choose Restart Server in the menu of the status bar, then try again.'));
  }
  attached.forEach(({ at }) => at && stream.reference(at));
  const params: ChatParams = {
    messages: [...messagesOf(history.flatMap(said)), { role: 'user', text: request.prompt }],
    attached: attached.map(({ file }) => file),
    model: modelOf(request),
    ...(task ? { task } : {}),
  };
  const inert = new InertText();
  const show = (text: string): void => (text ? stream.markdown(untrusted(text)) : undefined);
  const listener = {
    text: (piece: string): void => show(inert.take(piece)),
    notice: (notice: WireNotice): void => show(`${inert.end()}\n\n${noticeText(notice)}\n\n`),
  };
  const answer = await ask(client, params, listener, token);
  show(inert.end());
  return answer ? { metadata: { sent: answer.sent, text: answer.text } } : undefined;
}

/** The model that was chosen in the chat, if it is one of ours; no other is ever asked. */
function modelOf(request: vscode.ChatRequest): string {
  const { model } = request as { model?: { vendor?: string; id?: string } }; // since 1.95
  return model?.vendor === VENDOR ? (model.id ?? '') : '';
}

function said(turn: vscode.ChatRequestTurn | vscode.ChatResponseTurn): Said[] {
  if (turn.participant !== ID) {
    return [];
  }
  if (turn instanceof vscode.ChatRequestTurn) {
    return [{ by: 'user', prompt: turn.prompt, command: turn.command ?? '' }];
  }
  const shown = turn.response.map((part) => (part instanceof vscode.ChatResponseMarkdownPart ? part.value.value : '')).join('');
  const { sent, text } = (turn.result.metadata ?? {}) as { sent?: unknown; text?: unknown };
  return [{ by: 'us', shown, ...(typeof sent === 'string' && typeof text === 'string' ? { sent, text } : {}) }];
}
