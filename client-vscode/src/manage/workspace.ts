import { homedir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { Failure } from '../failures.js';
import { INDEX_WORKSPACE } from '../protocol.js';

const { t } = vscode.l10n;

/** Has the server read the code of the opened folders now, also of those for which the user said no, or paused it. */
export async function indexWorkspace(context: Context): Promise<void> {
  const opened = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (opened.length === 0) {
    throw new Failure(t('No folder is open, so there is no code to read. Open the folder of your project, then try again.'));
  }
  const folders = opened.filter(({ uri }) => !tooWide(uri.fsPath));
  if (folders.length === 0) {
    throw new Failure(t('A home folder or a whole disk is not read. Open the folder of your project, then try again.'));
  }
  const settings = vscode.workspace.getConfiguration('planfirst');
  if (settings.get('workspace.index') === 'off') {
    const on = t('Read It');
    const question = t('The setting planfirst.workspace.index is off, so no code is read. Set it to ask, and read the code of this workspace?');
    if ((await vscode.window.showInformationMessage(`Planfirst: ${question}`, on)) !== on) {
      return;
    }
    await settings.update('workspace.index', 'ask', vscode.ConfigurationTarget.Global);
  }
  const client = await context.server.ready();
  if (client) {
    await client.sendRequest('workspace/executeCommand', { command: INDEX_WORKSPACE, arguments: [] });
    const names = folders.map(({ name }) => name).join(', ');
    const setting = t('Open Setting');
    const said = vscode.window.showInformationMessage(
      t('Planfirst: the code in {0} is being read in the background. Your own functions are found as examples from then on.', names),
      setting,
    );
    void said.then((chosen) => (chosen ? vscode.commands.executeCommand('workbench.action.openSettings', 'planfirst.workspace.index') : undefined));
  }
}

/** The server never reads these; lsp/read_permission.py says the same. */
function tooWide(folder: string): boolean {
  return path.dirname(folder) === folder || folder === homedir();
}
