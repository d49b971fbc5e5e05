import * as vscode from 'vscode';

import { Failure } from '../failures.js';
import { MAX_STEPS, type WireSite } from '../protocol.js';
import { anchorOf } from '../pure/anchor.js';
import { similarText } from '../pure/match.js';
import { parsePlan, planFault, planText } from '../pure/planText.js';
import type { Context } from '../context.js';
import { columnOf } from './show.js';
import { findAgain, siteAt, type Target } from './targets.js';
import { icon } from '../pure/markdown.js';

const { t } = vscode.l10n;
export const PLAN_SCHEME = 'planfirst-plan';

interface Sheet {
  target: Target;
  bytes: Uint8Array;
  changed: number;
}

/** Plan documents: a plan as text beside its file, to be edited and generated from. They live in memory. */
export class PlanDocuments implements vscode.Disposable, vscode.FileSystemProvider, vscode.CodeLensProvider {
  private readonly sheets = new Map<string, Sheet>();
  private readonly filesChanged = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  readonly onDidChangeFile = this.filesChanged.event;
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.lensesChanged.event;
  private readonly subscriptions: vscode.Disposable[];
  private count = 0;

  constructor(private readonly context: Context) {
    this.subscriptions = [
      vscode.workspace.registerFileSystemProvider(PLAN_SCHEME, this, { isCaseSensitive: true }),
      vscode.languages.registerCodeLensProvider({ scheme: PLAN_SCHEME }, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document.uri.scheme === PLAN_SCHEME || [...this.sheets.values()].some((one) => one.target.uri.toString() === document.uri.toString())) {
          this.lensesChanged.fire();
        }
      }),
    ];
  }

  /** Opens a plan; `example` is the similar question that it was made with. */
  async open(target: Target, steps: readonly string[], example = target.site.known?.example): Promise<void> {
    const name = target.uri.path.split('/').at(-1) ?? 'file';
    const heading = [
      t('{0}, line {1}. Change, add or remove steps: 1 to {2}.', name, target.site.first + 1, MAX_STEPS),
      t('Then choose “Generate from this plan” above.'),
      ...(example ? [similarText(example, t)] : []),
    ];
    const uri = vscode.Uri.from({ scheme: PLAN_SCHEME, path: `/${++this.count}/${name}.planfirst-plan` });
    const bytes = new TextEncoder().encode(planText(target.site.request, heading, steps));
    this.sheets.set(uri.toString(), { target, bytes, changed: Date.now() });
    await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.Beside, preview: false });
  }

  /**
   * The steps in a plan document as it is now, and the request they are for as it is now.
   *
   * Throws a Failure when they are no plan, or the request is gone.
   */
  async read(uri: vscode.Uri): Promise<{ target: Target; steps: string[] }> {
    const sheet = this.sheets.get(uri.toString());
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    if (!sheet || !document) {
      throw new Failure(t('This plan is no longer in use. Choose Edit Plan on the comment again.'));
    }
    const steps = parsePlan(document.getText());
    const fault = planFault(steps);
    if (fault === 'empty') {
      throw new Failure(t('The plan has no step. Write at least one line, then try again.'));
    }
    if (fault === 'long') {
      throw new Failure(t('A plan has at most {0} steps, and this one has {1}. Remove or join some, then try again.', MAX_STEPS, steps.length));
    }
    const now = await this.current(sheet);
    if (!now) {
      throw new Failure(t('The comment that this plan is for can no longer be found. Your plan stays as it is; choose Edit Plan on the comment again.'));
    }
    return { target: now, steps };
  }

  /** The request that a plan document is for, as it is now; undefined when there is none any more. */
  async targetOf(uri: vscode.Uri): Promise<Target | undefined> {
    const sheet = this.sheets.get(uri.toString());
    return sheet && this.current(sheet);
  }

  has(uri: unknown): uri is vscode.Uri {
    return uri instanceof vscode.Uri && uri.scheme === PLAN_SCHEME;
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const sheet = this.sheets.get(document.uri.toString());
    if (!sheet) {
      return [];
    }
    const top = new vscode.Range(0, 0, 0, 0);
    const lens = (title: string, command: string, tooltip = ''): vscode.CodeLens =>
      new vscode.CodeLens(top, { title, command, tooltip, arguments: [document.uri] });
    const now = await this.current(sheet);
    const stale = !now || now.site.request !== sheet.target.site.request;
    // Short, and not last: the column beside a file is narrow, and cuts off what does not fit.
    return [
      lens(icon('play', t('Generate from this plan')), 'planfirst.generateFromPlan'),
      ...(stale ? [lens(icon('warning', t('Stale')), 'planfirst.revealRequest', t('The comment has changed since. Click to see it.'))] : []),
      lens(t('Insert as comments'), 'planfirst.insertPlan'),
    ];
  }

  /** Shows the comment that a plan document belongs to. */
  async reveal(uri: vscode.Uri): Promise<void> {
    const sheet = this.sheets.get(uri.toString());
    if (sheet) {
      const line = (await this.current(sheet))?.site.first ?? sheet.target.site.first;
      const viewColumn = columnOf(sheet.target.uri) ?? vscode.ViewColumn.One;
      await vscode.window.showTextDocument(sheet.target.uri, { viewColumn, selection: new vscode.Range(line, 0, line, 0) });
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.filesChanged, this.lensesChanged).dispose();
  }

  /** The request where it is now: found again by its text, else, if its comment was reworded, by its place. */
  private async current({ target }: Sheet): Promise<Target | undefined> {
    const found = await findAgain(target);
    if (found) {
      const site: WireSite = { ...target.site, first: found.first, last: found.last };
      return { ...target, site, version: found.document.version };
    }
    const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === target.uri.toString());
    const site = document && (await siteAt(this.context, document, target.site.first, target.site.first).catch(() => undefined));
    if (!document || !site || site.kind !== target.site.kind) {
      return undefined;
    }
    return { uri: target.uri, version: document.version, site, anchor: anchorOf(document.getText(), site.first, site.last) };
  }

  // ------------------------------------------------------------------ a file system of sheets

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  stat(uri: vscode.Uri): vscode.FileStat {
    const sheet = this.sheet(uri);
    return { type: vscode.FileType.File, ctime: sheet.changed, mtime: sheet.changed, size: sheet.bytes.length };
  }

  readFile(uri: vscode.Uri): Uint8Array {
    return this.sheet(uri).bytes;
  }

  writeFile(uri: vscode.Uri, bytes: Uint8Array): void {
    Object.assign(this.sheet(uri), { bytes, changed: Date.now() });
    this.filesChanged.fire([{ type: vscode.FileChangeType.Changed, uri }]);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  delete(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  rename(): void {
    throw vscode.FileSystemError.NoPermissions();
  }

  private sheet(uri: vscode.Uri): Sheet {
    const sheet = this.sheets.get(uri.toString());
    if (!sheet) {
      throw vscode.FileSystemError.FileNotFound(uri);
    }
    return sheet;
  }
}
