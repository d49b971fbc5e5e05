import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { Failure, messageOf } from '../failures.js';
import { QUERIES, type ChatAnswer, type ChatModel, type ChatParams, type Counted } from '../protocol.js';
import { modelDetail, noticeText } from '../pure/chatText.js';
import { conversationOf, textOf, toolOf, type EditorMessage, type EditorTool } from '../pure/conversation.js';
import { ask } from './ask.js';

const { t } = vscode.l10n;

export const VENDOR = 'planfirst'; // as in package.json

/** The editor's part for models of extensions. It came with version 1.104, and older ones are supported. */
interface ModelInformation {
  id: string;
  name: string;
  family: string;
  version: string;
  detail: string;
  tooltip: string;
  maxInputTokens: number;
  maxOutputTokens: number;
  capabilities: { toolCalling: boolean; imageInput: boolean };
  isUserSelectable: boolean;
}
interface ModelsApi {
  lm?: { registerLanguageModelChatProvider?(vendor: string, provider: object): vscode.Disposable };
  LanguageModelTextPart?: new (value: string) => object;
  LanguageModelToolCallPart?: new (callId: string, name: string, input: object) => object;
}

/** Offers the models of this machine, and the server that is set, in the editor's picker. Undefined where the editor is too old. */
export function registerModels(context: Context): vscode.Disposable | undefined {
  const { lm, LanguageModelTextPart: TextPart, LanguageModelToolCallPart: CallPart } = vscode as unknown as ModelsApi;
  if (!lm?.registerLanguageModelChatProvider || !TextPart || !CallPart) {
    return undefined;
  }
  const changed = new vscode.EventEmitter<void>();
  const provider = lm.registerLanguageModelChatProvider(VENDOR, {
    onDidChangeLanguageModelChatInformation: changed.event,
    provideLanguageModelChatInformation: ({ silent }: { silent: boolean }) => models(context, silent),
    provideLanguageModelChatResponse: async (
      { id }: ModelInformation,
      messages: readonly EditorMessage[],
      { tools = [] }: { tools?: readonly EditorTool[] },
      progress: vscode.Progress<object>,
      token: vscode.CancellationToken,
    ) => {
      const answered = await answer(context, { ...conversationOf(messages), model: id, tools: tools.map(toolOf) }, (text) => progress.report(new TextPart(text)), token);
      answered?.calls.forEach((call) => progress.report(new CallPart(call.id, call.name, call.input)));
    },
    provideTokenCount: async ({ id }: ModelInformation, text: string | EditorMessage, token: vscode.CancellationToken) => {
      const client = await context.server.ready();
      if (!client) {
        throw notRunning();
      }
      const texts = [typeof text === 'string' ? text : textOf(text.content)];
      return (await client.sendRequest<Counted>(QUERIES.count, { model: id, texts }, token)).tokens[0];
    },
  });
  return vscode.Disposable.from(
    changed,
    provider,
    context.server.onDidChangeState((state) => (state === 'running' || state === 'failed') && changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('planfirst') && changed.fire()),
  );
}

async function models(context: Context, silent: boolean): Promise<ModelInformation[]> {
  const isThere = context.server.state === 'running' || context.server.state === 'starting';
  const client = silent && !isThere ? undefined : await context.server.ready();
  const found = client ? await client.sendRequest<ChatModel[]>(QUERIES.models, null) : [];
  return found.map((model) => ({
    id: model.id,
    name: model.name,
    family: model.name,
    version: '1',
    detail: modelDetail(model, t),
    tooltip: model.isLocal ? t('Runs on this machine. Nothing is sent anywhere.') : t('Messages are sent to the server that you set in planfirst.generator.endpoint.'),
    maxInputTokens: model.promptTokens,
    maxOutputTokens: model.answerTokens,
    capabilities: { toolCalling: model.tools, imageInput: false },
    isUserSelectable: true,
  }));
}

async function answer(
  context: Context,
  params: ChatParams,
  write: (text: string) => void,
  token: vscode.CancellationToken,
): Promise<ChatAnswer | undefined> {
  const client = await context.server.ready();
  if (!client) {
    throw notRunning();
  }
  let begun = false;
  const listener = {
    text: (piece: string): void => {
      begun = true;
      write(piece);
    },
    notice: (notice: Parameters<typeof noticeText>[0]): void => write(begun ? `\n\n${noticeText(notice)}` : `${noticeText(notice)}\n\n`),
  };
  try {
    return await ask(client, params, listener, token);
  } catch (error) {
    throw new Error(messageOf(error));
  }
}

function notRunning(): Failure {
  return new Failure(t('The Planfirst server is not running, so no model can answer. Choose Restart Server in the menu of the status bar, then try again.'));
}
