import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { fittedText, type Fitted } from '../pure/fitted.js';
import { withBar } from './cli.js';

const { t } = vscode.l10n;

/** Lets the server's command find what makes the model that writes code quickest on this machine; what it finds is kept. */
export async function fit(context: Context): Promise<void> {
  const settings = vscode.workspace.getConfiguration('planfirst');
  const model = settings.get('generator.model', '') || settings.get('planner.model', '') || 'auto';
  const title = t('Planfirst: looking for a quicker copy of the model; this takes some minutes. Cancel keeps what was found');
  const finished = await withBar(context, title, ['models', 'fit', model, '--json'], { unit: 'seconds' });
  const fitted = finished && (JSON.parse(finished.stdout) as Fitted);
  const restart = t('Restart');
  const text = fitted ? fittedText(fitted, t) : t('Planfirst: stopped. What was found is used once the server restarts; run the command again to continue.');
  const said = await vscode.window.showInformationMessage(text, ...(fitted && !fitted.path ? [] : [restart]));
  if (said === restart) {
    await context.server.restart();
  }
}
