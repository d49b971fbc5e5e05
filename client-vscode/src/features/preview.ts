import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { setKey } from '../contextKeys.js';
import { Failure, messageOf, showNotice } from '../failures.js';
import { QUERIES, type Answer, type Placed, type WireEdit, type WireNotice } from '../protocol.js';
import { ghostOf } from '../pure/ghost.js';
import { applyEdits, editsOf, movedTo, writtenLines } from '../pure/textEdits.js';
import { showVerdict, verdictLens } from './checking.js';
import { GhostTexts, isGhostWanted } from './ghostText.js';
import { GhostWriting } from './ghostWriting.js';
import { PreviewMarks } from './previewMarks.js';
import { activeId, closeDiff, keepAside, previewUri, reveal, SCHEME, showDiff, type Pending } from './previewTab.js';
import { showSource } from './show.js';
import { askAbout, findAgain, locationOf, type Target } from './targets.js';
import { write } from './write.js';
import { icon } from '../pure/markdown.js';

const { t } = vscode.l10n;
const REFRESH_MS = 300;

/** Where code goes in a document. */
interface Placing extends Pick<Pending, 'lines' | 'top' | 'ghost'> {
  document: vscode.TextDocument;
  version: number;
  edit: WireEdit | null;
  result: string;
  notices: WireNotice[];
  /** Why there is no edit; empty when there is one. */
  refused: string;
}

/**
 * Shows generated code as a diff between the file and the file with the code in it, or as ghost text in the file. Nothing
 * is written before Accept.
 * Where the code goes is computed again, from the syntax, for the document as it is at that moment.
 */
export class Previews implements vscode.Disposable, vscode.TextDocumentContentProvider, vscode.CodeLensProvider {
  private readonly pending = new Map<number, Pending>();
  private readonly contentChanged = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.contentChanged.event;
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.lensesChanged.event;
  private readonly subscriptions: vscode.Disposable[];
  private readonly marks = new PreviewMarks();
  readonly ghosts: GhostTexts;
  private count = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly context: Context,
    private readonly again: (target: Target, attempt: number) => Promise<void>,
    languages: readonly string[],
  ) {
    this.ghosts = new GhostTexts((uri) => this.of(uri), languages);
    this.subscriptions = [
      this.ghosts,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerCodeLensProvider(languages.map((language) => ({ language })), this),
      vscode.window.tabGroups.onDidChangeTabs(() => this.publish()),
      vscode.window.tabGroups.onDidChangeTabGroups(() => this.publish()),
      vscode.window.onDidChangeVisibleTextEditors((editors) => editors.forEach((editor) => this.mark(editor))),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document.uri.scheme === SCHEME) {
          vscode.window.visibleTextEditors.filter((editor) => editor.document === document).forEach((editor) => this.mark(editor));
        }
        if (contentChanges.length > 0 && this.of(document.uri).length > 0) {
          clearTimeout(this.timer);
          this.timer = setTimeout(() => void this.refresh(document.uri), REFRESH_MS);
        }
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) {
          this.of(oldUri).forEach((one) => (one.target.uri = newUri));
        }
      }),
    ];
  }

  /**
   * Opens the preview of new code; where it cannot be placed, the text is kept in a new document.
   *
   * @param still whether you have left cursor and text alone since you asked, so that the cursor may be moved
   * @param isKept whether you have accepted it while it was written; code that fails its checks is shown all the same
   */
  async show(target: Target, answer: Answer, attempt: number, still: (uri: vscode.Uri) => boolean, isKept: boolean): Promise<void> {
    const one: Pending = { id: ++this.count, target, answer, attempt, result: undefined, lines: undefined, top: 0, ghost: undefined };
    const placed = await this.place(one);
    if (!placed) {
      await keepAside(one, t('The document has changed around the comment meanwhile, so nothing was written to it. The code is kept here.'));
      return;
    }
    if (placed.refused) {
      const again = { title: t('Try again'), command: 'planfirst.generate', args: [locationOf(target)] };
      return keepAside(one, t('{0} Nothing was written to your file; the code is shown here, to be copied from.', placed.refused), again);
    }
    const others = this.of(target.uri).filter((other) => other.target.site.first === target.site.first);
    others.forEach((other) => void this.drop(other));
    if (attempt > 0 && others.some((other) => other.answer.code === answer.code)) {
      const edit = { title: t('Edit Plan'), command: 'planfirst.editPlan', args: [locationOf(target)] };
      void showNotice(t('The model wrote the same code again. Change the plan or the words of the comment to get another.'), edit);
    }
    this.pending.set(one.id, one);
    this.take(one, placed);
    for (const notice of placed.notices) {
      void showNotice(notice.text);
    }
    if (isKept && answer.verdict?.status !== 'failed') {
      return this.accept(one.id);
    }
    await this.open(one, still(target.uri));
    this.publish();
  }

  async accept(argument?: unknown): Promise<void> {
    const one = this.chosen(argument);
    const placed = await this.place(one);
    if (!placed || placed.refused) {
      this.pending.delete(one.id);
      const why = t('The document has changed around the comment meanwhile, so the code was not put there. It is kept here.');
      await keepAside(one, placed?.refused ? t('{0} Nothing was written to your file; the code is shown here, to be copied from.', placed.refused) : why);
      await this.close(one);
      return;
    }
    if (!(await write(placed.document, placed.version, editsOf(placed.edit)))) {
      this.pending.delete(one.id);
      await keepAside(one, t('The document cannot be written to, so the code was not put there. It is kept here.'));
      await this.close(one);
      return;
    }
    this.pending.delete(one.id);
    await this.close(one);
    await reveal(placed.document, placed.lines);
    this.publish();
  }

  async reject(argument?: unknown): Promise<void> {
    const one = this.chosen(argument);
    await this.drop(one);
    const found = await findAgain(one.target);
    if (found) {
      await showSource(found.document);
    }
    this.publish();
  }

  /** The editor has written the ghost text of this code. */
  async keep(id: unknown): Promise<void> {
    const one = this.pending.get(Number(id));
    if (one) {
      this.pending.delete(one.id);
      await this.ghosts.finish(one);
      await this.close(one);
    }
  }

  async dropGhost(): Promise<void> {
    const one = this.ghosts.current;
    await (one instanceof GhostWriting ? one.drop() : one && this.drop(one));
  }

  async tryAgain(argument?: unknown): Promise<void> {
    const one = this.chosen(argument);
    const found = await findAgain(one.target);
    if (!found) {
      throw new Failure(t('The comment that this code was made for has changed. Ask for code from the comment as it is now.'));
    }
    await this.again({ ...one.target, version: found.document.version }, one.attempt + 1);
  }

  async showCheck(argument?: unknown): Promise<void> {
    await showVerdict(this.chosen(argument).answer.verdict);
  }

  async reopen(argument?: unknown): Promise<void> {
    await this.open(this.chosen(argument), true);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.pending.get(Number(uri.query))?.result ?? '';
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const lenses: vscode.CodeLens[] = [];
    for (const one of this.of(document.uri)) {
      const found = await findAgain(one.target);
      const line = found?.first ?? Math.min(one.target.site.first, document.lineCount - 1);
      const lens = (title: string, command: string): void => {
        lenses.push(new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [one.id] }));
      };
      lens(icon('diff', t('Code is ready: show')), 'planfirst.showPreview');
      lens(t('Accept'), 'planfirst.accept');
      lens(t('Reject'), 'planfirst.reject');
      lens(t('Try again'), 'planfirst.tryAgain');
      lenses.push(...verdictLens(one.answer.verdict, line));
    }
    return lenses;
  }

  dispose(): void {
    clearTimeout(this.timer);
    vscode.Disposable.from(...this.subscriptions, this.marks, this.contentChanged, this.lensesChanged).dispose();
  }

  private of(uri: vscode.Uri): Pending[] {
    return [...this.pending.values()].filter((one) => one.target.uri.toString() === uri.toString());
  }

  /** The one that a lens names, else the one in the active tab, else that of the active file, else the only one. */
  private chosen(argument: unknown): Pending {
    const named = typeof argument === 'number' ? this.pending.get(argument) : undefined;
    const inTab = this.pending.get(activeId());
    const uri = vscode.window.activeTextEditor?.document.uri;
    const found = named ?? inTab ?? (uri && this.of(uri).at(-1)) ?? [...this.pending.values()].at(-1);
    if (!found) {
      throw new Failure(t('There is no generated code to decide about. Generate some from a comment first.'));
    }
    return found;
  }

  /** Where the code goes in the document as it is now; undefined when that is not certain. */
  private async place({ target, answer }: Pending): Promise<Placing | undefined> {
    const client = await this.context.server.ready();
    const found = await findAgain(target);
    if (!client || !found) {
      return undefined;
    }
    const { document, first, last } = found;
    const version = document.version;
    const params = { ...askAbout(this.context, document, first, last, target), code: answer.code };
    try {
      const { edit, notices, refused } = await client.sendRequest<Placed>(QUERIES.place, params);
      const [text, edits] = [document.getText(), editsOf(edit)];
      if (document.version !== version || (edits.length === 0 && !refused)) {
        return undefined;
      }
      const lines = writtenLines(text, edits);
      const found = ghostOf(text, edits);
      const ghost = found && { ...found, version };
      return { document, version, edit, result: applyEdits(text, edits), lines, top: movedTo(first, edits), ghost, notices, refused };
    } catch (error) {
      this.context.log.warn(`place: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** The file has changed under a preview: shows where the code would go now. */
  private async refresh(uri: vscode.Uri): Promise<void> {
    for (const one of this.of(uri)) {
      const placed = await this.place(one);
      if (placed && this.pending.has(one.id)) {
        this.take(one, placed);
        this.contentChanged.fire(previewUri(one));
      }
    }
    this.lensesChanged.fire();
    this.ghosts.follow();
  }

  private async drop(one: Pending): Promise<void> {
    this.pending.delete(one.id);
    await this.close(one);
  }

  private async open(one: Pending, mayMove: boolean): Promise<void> {
    const document = await vscode.workspace.openTextDocument(one.target.uri);
    if (!(mayMove && isGhostWanted(document) && (await this.ghosts.show(one, document)))) {
      await showDiff(one);
    }
    this.lensesChanged.fire();
  }

  private async close(one: Pending): Promise<void> {
    await closeDiff(one);
    this.lensesChanged.fire();
    this.publish();
  }

  private publish(): void {
    setKey('hasPreview', this.pending.size > 0);
    setKey('inPreview', this.pending.has(activeId()));
    this.ghosts.follow();
  }

  private take(one: Pending, { result, lines, top, ghost }: Placing): void {
    Object.assign(one, { result, lines, top, ghost });
  }

  private mark(editor: vscode.TextEditor): void {
    const one = editor.document.uri.scheme === SCHEME ? this.pending.get(Number(editor.document.uri.query)) : undefined;
    if (one) {
      this.marks.show(editor, one);
    }
  }
}
