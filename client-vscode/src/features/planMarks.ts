import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { messageOf } from '../failures.js';
import { splitLines } from '../pure/lines.js';
import { placedSteps, type PlacedStep } from '../pure/planText.js';
import { stepAt, stepLines, type Rows } from '../pure/stepLines.js';
import { PLAN_SCHEME, type PlanDocuments } from './planDocument.js';

const { t } = vscode.l10n;

/** A plan document beside its file: its steps, and the rows of the file that belong to each. */
interface Pair {
  plan: vscode.TextEditor;
  source: vscode.TextEditor;
  steps: PlacedStep[];
  rows: (Rows | undefined)[];
}

/**
 * Ties the steps of a plan document to the lines of the code in its file: behind each step stands where its lines are, and
 * the step of the line with the cursor, or the lines of the step with the cursor, are marked in the other one.
 */
export class PlanMarks implements vscode.Disposable {
  private readonly places = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), fontStyle: 'italic', margin: '0 0 0 2em' },
  });
  private readonly lit = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.rangeHighlightForeground'),
  });
  private readonly subscriptions: vscode.Disposable[];
  private rounds = 0;
  private hasMarks = false;

  constructor(
    private readonly context: Context,
    private readonly plans: PlanDocuments,
  ) {
    const follow = (): void => {
      this.follow().catch((error: unknown) => this.context.log.warn(`plan marks: ${messageOf(error)}`));
    };
    this.subscriptions = [
      vscode.window.onDidChangeTextEditorSelection(follow),
      vscode.window.onDidChangeVisibleTextEditors(follow),
      vscode.workspace.onDidChangeTextDocument(follow),
    ];
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.places, this.lit).dispose();
  }

  private async follow(): Promise<void> {
    const round = ++this.rounds;
    const plans = vscode.window.visibleTextEditors.filter(({ document }) => document.uri.scheme === PLAN_SCHEME);
    if (plans.length === 0 && !this.hasMarks) {
      return;
    }
    const pairs = (await Promise.all(plans.map((plan) => this.pairOf(plan)))).filter((pair) => pair !== undefined);
    if (round !== this.rounds) {
      return; // something has changed meanwhile, and that is being followed
    }
    const marked = new Set(pairs.flatMap(({ plan, source }) => [plan, source]));
    for (const editor of vscode.window.visibleTextEditors.filter((one) => !marked.has(one))) {
      editor.setDecorations(this.places, []);
      editor.setDecorations(this.lit, []);
    }
    pairs.forEach((pair) => this.mark(pair));
    this.hasMarks = pairs.length > 0;
  }

  /** A plan document and its file, if both can be seen. */
  private async pairOf(plan: vscode.TextEditor): Promise<Pair | undefined> {
    const target = await this.plans.targetOf(plan.document.uri);
    const source = target && vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === target.uri.toString());
    const made = target && this.context.memory.at(target.uri, target.site);
    if (!source || !made) {
      return undefined;
    }
    const steps = placedSteps(plan.document.getText());
    const parts = steps.map(({ text }) => made.parts[made.steps.indexOf(text)] ?? '');
    return { plan, source, steps, rows: stepLines(splitLines(source.document.getText()), parts, target.site.first) };
  }

  private mark({ plan, source, steps, rows }: Pair): void {
    const places = steps.flatMap((step, n): vscode.DecorationOptions[] => {
      const found = rows[n];
      const end = plan.document.lineAt(step.last).range.end;
      const contentText = found && (found[0] === found[1] ? t('line {0}', found[0] + 1) : t('lines {0} to {1}', found[0] + 1, found[1] + 1));
      return contentText ? [{ range: new vscode.Range(end, end), renderOptions: { after: { contentText } } }] : [];
    });
    plan.setDecorations(this.places, places);
    const inPlan = vscode.window.activeTextEditor === plan;
    const row = (inPlan ? plan : source).selection.active.line;
    const step = inPlan ? steps.findIndex(({ first, last }) => first <= row && row <= last) : (stepAt(rows, row) ?? -1);
    const lines = rows[step];
    const said = steps[step];
    source.setDecorations(this.lit, inPlan && lines ? [new vscode.Range(lines[0], 0, lines[1], 0)] : []);
    plan.setDecorations(this.lit, !inPlan && said ? [new vscode.Range(said.first, 0, said.last, 0)] : []);
  }
}
