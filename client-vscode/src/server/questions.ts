import * as vscode from 'vscode';
import { MessageType, type MessageActionItem, type ShowMessageRequestParams } from 'vscode-languageclient/node';

import { Questions } from '../pure/question.js';

const questions = new Questions(); // of this window

/** Shows a question of the server, which words it in the user's language. */
export async function showQuestion({ type, message, actions = [] }: ShowMessageRequestParams): Promise<MessageActionItem | null> {
  const show =
    type === MessageType.Error ? vscode.window.showErrorMessage : type === MessageType.Warning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const chosen = await questions.ask(message, () => show(message, ...actions.map((action) => ({ title: action.title, action }))));
  return chosen?.action ?? null;
}
