import * as vscode from 'vscode';

import type { WireVerdict } from '../protocol.js';
import { splitLines } from '../pure/lines.js';
import { commandLink } from '../pure/markdown.js';
import { stepOf } from '../pure/planText.js';
import { stepLines } from '../pure/stepLines.js';
import { verdictLabel, verdictText } from '../pure/verdict.js';
import type { Pending } from './previewTab.js';
import { locationOf } from './targets.js';

const { t } = vscode.l10n;
const SIGNS = { pass: '✓', error: '✗', question: '?' } as const;
const COLOURS = { pass: 'charts.green', error: 'charts.red', question: 'editorCodeLens.foreground' } as const;

/** What stands beside the text of a preview and is no part of it: the verdict above the request, and the steps behind their lines. */
export class PreviewMarks implements vscode.Disposable {
  private readonly type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic', margin: '0 0 0 2em' },
  });

  show(editor: vscode.TextEditor, one: Pending): void {
    editor.setDecorations(this.type, [...verdictMark(editor.document, one.answer.verdict, one.top), ...stepMarks(editor.document, one)]);
  }

  dispose(): void {
    this.type.dispose();
  }
}

/** A diff shows no lenses, so the verdict stands in the blank line above the request, else behind the request's first line. */
function verdictMark(document: vscode.TextDocument, verdict: WireVerdict | null, top: number): vscode.DecorationOptions[] {
  if (!verdict) {
    return [];
  }
  const blank = top > 0 && document.lineAt(Math.min(top, document.lineCount) - 1).isEmptyOrWhitespace;
  const end = document.lineAt(Math.min(blank ? top - 1 : top, document.lineCount - 1)).range.end;
  const { icon, text } = verdictLabel(verdict, t);
  const after = { contentText: `${SIGNS[icon]} ${text}`, color: new vscode.ThemeColor(COLOURS[icon]), ...(blank ? { margin: '0' } : {}) };
  const hoverMessage = new vscode.MarkdownString().appendCodeblock(verdictText(verdict, t), 'text');
  return [{ range: new vscode.Range(end, end), hoverMessage, renderOptions: { after } }];
}

/** Behind the first line of each step, and behind a line that says which step it answers, the step. */
function stepMarks(document: vscode.TextDocument, { answer: { code, plan, parts }, lines, target }: Pending): vscode.DecorationOptions[] {
  const hoverMessage = new vscode.MarkdownString(commandLink(t('Edit Plan'), 'planfirst.editPlan', [locationOf(target)]));
  hoverMessage.isTrusted = { enabledCommands: ['planfirst.editPlan'] };
  const rows = splitLines(document.getText());
  const written = new Set(splitLines(code).map((line) => line.trim()));
  const known = lines ? stepLines(rows, parts, ...lines) : [];
  return rows.flatMap((line, n): vscode.DecorationOptions[] => {
    const begins = known.findIndex((found) => found?.[0] === n);
    const step = begins >= 0 ? begins + 1 : written.has(line.trim()) ? stepOf(line, plan.length) : undefined;
    const words = step === undefined ? undefined : plan[step - 1];
    if (step === undefined || !words) {
      return [];
    }
    const end = new vscode.Position(n, line.length);
    const said = line.toLowerCase().includes(words.toLowerCase()); // by a comment of the code itself
    const contentText = begins < 0 ? t('answers step {0}: {1}', step, words) : said ? t('step {0}', step) : t('step {0}: {1}', step, words);
    return [{ range: new vscode.Range(end, end), hoverMessage, renderOptions: { after: { contentText } } }];
  });
}
