import * as vscode from 'vscode';

import type { Answer, WireVerdict } from '../protocol.js';
import { splitLines } from '../pure/lines.js';
import { stepOf } from '../pure/planText.js';
import { verdictLabel, verdictText } from '../pure/verdict.js';

const { t } = vscode.l10n;
const SIGNS = { pass: '✓', error: '✗', question: '?' } as const;
const COLOURS = { pass: 'charts.green', error: 'charts.red', question: 'editorCodeLens.foreground' } as const;

/** What stands beside the text of a preview and is no part of it: the verdict above the request, and the steps behind their lines. */
export class PreviewMarks implements vscode.Disposable {
  private readonly type = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic', margin: '0 0 0 2em' },
  });

  /** @param top the line of the preview that the request begins in */
  show(editor: vscode.TextEditor, answer: Answer, top: number): void {
    editor.setDecorations(this.type, [...verdictMark(editor.document, answer.verdict, top), ...stepMarks(editor.document, answer)]);
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

/** Behind a line that says which step it answers, the step. */
function stepMarks(document: vscode.TextDocument, { code, plan }: Answer): vscode.DecorationOptions[] {
  const written = new Set(splitLines(code).map((line) => line.trim()));
  return splitLines(document.getText()).flatMap((line, n): vscode.DecorationOptions[] => {
    const step = written.has(line.trim()) ? stepOf(line, plan.length) : undefined;
    const end = new vscode.Position(n, line.length);
    const words = step === undefined ? undefined : plan[step - 1];
    return words ? [{ range: new vscode.Range(end, end), renderOptions: { after: { contentText: t('answers step {0}: {1}', step ?? 0, words) } } }] : [];
  });
}
