import * as vscode from 'vscode';
import { MessageType, type MessageActionItem, type ShowMessageRequestParams } from 'vscode-languageclient/node';

import { folderAsked, NOT_THIS_FOLDER, READ_IT } from '../pure/question.js';

const { t } = vscode.l10n;

/** Shows a question of the server: the one that we know in the user's language, any other as it came. */
export async function showQuestion({ type, message, actions = [] }: ShowMessageRequestParams): Promise<MessageActionItem | null> {
  const folder = folderAsked(message);
  const text =
    folder === undefined
      ? message
      : t(
          'Planfirst: Read the code in {0}, so that your own functions are found as examples? It is done in the background, and nothing leaves this machine. To change it later, use “Planfirst: Index This Workspace” or the setting planfirst.workspace.index.',
          folder,
        );
  const show =
    type === MessageType.Error ? vscode.window.showErrorMessage : type === MessageType.Warning ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
  const chosen = await show(text, ...actions.map((action) => ({ title: translated(action.title), action })));
  return chosen?.action ?? null;
}

function translated(title: string): string {
  switch (title) {
    case READ_IT:
      return t('Read It');
    case NOT_THIS_FOLDER:
      return t('Not This Folder');
    default:
      return title;
  }
}
