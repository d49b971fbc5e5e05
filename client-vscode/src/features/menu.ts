import * as vscode from 'vscode';

import type { Context } from '../context.js';

const { t } = vscode.l10n;

/** The status bar's menu. */
export async function showMenu(context: Context): Promise<void> {
  const entry = (icon: string, label: string, command: string): vscode.QuickPickItem & { command: string } => ({ label: `$(${icon}) ${label}`, command });
  const running = context.server.state === 'running';
  const chosen = await vscode.window.showQuickPick(
    [
      ...(running ? [] : [entry('cloud-download', t('Install Server'), 'install')]),
      ...(running ? [entry('comment-discussion', t('Chat in the Terminal'), 'chat')] : []),
      entry('chip', t('Choose Model'), 'chooseModel'),
      entry('dashboard', t('Test Model'), 'testModel'),
      entry('rocket', t('Make the Model Quicker on This Machine'), 'fitModel'),
      entry('database', t('Manage Store of Examples'), 'manageStore'),
      entry('folder-library', t('Index This Workspace'), 'indexWorkspace'),
      entry('stop-circle', t('Cancel Running Work'), 'cancel'),
      entry('output', t('Show Log'), 'showLog'),
      entry('debug-restart', t('Restart Server'), 'restart'),
      entry('pulse', t('Doctor'), 'doctor'),
    ],
    { title: 'Planfirst', placeHolder: t('What do you want to do?') },
  );
  if (chosen) {
    await vscode.commands.executeCommand(`planfirst.${chosen.command}`);
  }
}
