import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { Failure } from '../failures.js';
import { cleanEnvironment } from '../server/interpreter.js';
import { settingArguments } from './cli.js';

const { t } = vscode.l10n;

/** Opens `planfirst chat` in a terminal of its own: a conversation with the local model, without any account. */
export function chat(context: Context): void {
  const interpreter = context.server.interpreter;
  if (!interpreter || interpreter.verdict !== 'usable') {
    throw new Failure(t('The Planfirst server is not installed. Choose Install Server first.'));
  }
  const terminal = vscode.window.createTerminal({
    name: 'Planfirst',
    iconPath: new vscode.ThemeIcon('comment-discussion'),
    shellPath: interpreter.path, // no shell in between, so nothing has to be quoted for it
    shellArgs: ['-P', '-m', 'planfirst', 'chat', ...settingArguments()],
    env: cleanEnvironment(),
    strictEnv: true,
    isTransient: true, // after a reload the conversation is opened by --continue, and not by a process that is gone
  });
  terminal.show();
}
