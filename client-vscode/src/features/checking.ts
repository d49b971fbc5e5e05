import * as vscode from 'vscode';

import type { Answer, AskParams, WireVerdict } from '../protocol.js';
import { icon } from '../pure/markdown.js';
import { verdictLabel, verdictText } from '../pure/verdict.js';
import { view } from './view.js';

const { t } = vscode.l10n;

/** Whether generated code may be run, and what came of it. */
export class Checking {
  private asked = false;

  /** What the server must know before it may run anything. */
  leave(): Partial<AskParams> {
    return { trusted: vscode.workspace.isTrusted };
  }

  /** Asks whether code may be run, when that is the first time it would have been; `again` is for the case that it may. */
  async ask(answer: Answer, again: () => Promise<void>): Promise<void> {
    const settings = vscode.workspace.getConfiguration('planfirst');
    if (answer.verdict?.needs !== 'permission' || this.asked || settings.get('verify.run') !== 'ask') {
      return;
    }
    this.asked = true;
    const [allow, never] = [t('Run in the Sandbox'), t('Never')];
    const question = t(
      'There are examples or tests for this code. Planfirst can run what it writes against them, run a script once where there are none, and try again when it fails. It runs in a sandbox, without network, and sees no files but those that the code imports. Allow it from now on? The setting planfirst.verify.run changes it later.',
    );
    const chosen = await vscode.window.showInformationMessage(`Planfirst: ${question}`, allow, never);
    if (chosen) {
      await settings.update('verify.run', chosen === allow ? 'on' : 'off', vscode.ConfigurationTarget.Global);
    }
    if (chosen === allow) {
      await again();
    }
  }

  /** Says it aloud when the code fails; the rest stands above the request. Why it has no place is told where it is shown. */
  tell({ verdict }: Answer): void {
    if (verdict?.status === 'failed' && verdict.placed) {
      const show = t('Show Check');
      const said = `${verdictLabel(verdict, t).text}. ${verdict.output}`;
      void vscode.window.showWarningMessage(`Planfirst: ${said}`, show).then((chosen) => (chosen ? showVerdict(verdict) : undefined));
    }
  }
}

/** The check and what it gave, as a document. */
export async function showVerdict(verdict: unknown): Promise<void> {
  await view('verdict.txt', verdictText(verdict as WireVerdict, t));
}

/** The verdict above a request whose code waits for a decision. */
export function verdictLens(verdict: WireVerdict | null, line: number): vscode.CodeLens[] {
  if (!verdict) {
    return [];
  }
  const label = verdictLabel(verdict, t);
  const command = { title: icon(label.icon, label.text), command: 'planfirst.showVerdict', arguments: [verdict] };
  return [new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command)];
}
