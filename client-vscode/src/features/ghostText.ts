import * as vscode from 'vscode';

import { setKey } from '../contextKeys.js';
import { showNotice } from '../failures.js';
import type { WireSite } from '../protocol.js';
import { importLines, importsFor } from '../pure/ghost.js';
import { verdictLabel } from '../pure/verdict.js';
import { GhostWriting } from './ghostWriting.js';
import type { Pending } from './previewTab.js';
import { showSource } from './show.js';

const { t } = vscode.l10n;

/** Whether you want ghost text, and the editor shows any. */
export function isGhostWanted(document: vscode.TextDocument): boolean {
  const wanted = vscode.workspace.getConfiguration('planfirst').get('editor.preview') === 'ghost';
  return wanted && vscode.workspace.getConfiguration('editor', document).get('inlineSuggest.enabled') !== false;
}

type Shown = Pending | GhostWriting;

/**
 * Code that is being written or waits for a decision, as ghost text at the place where it will stand. The editor shows it,
 * and its Tab keeps it, only while the text is the very one that the place was found in. Says beside it whether the code
 * was checked.
 */
export class GhostTexts implements vscode.Disposable, vscode.InlineCompletionItemProvider {
  private readonly status = vscode.window.createStatusBarItem('planfirst.ghost', vscode.StatusBarAlignment.Left, -1000);
  private readonly subscriptions: vscode.Disposable[];
  private readonly writings = new Set<GhostWriting>();
  private shown: Shown | undefined;

  /** @param waiting the code that waits for a document */
  constructor(
    private readonly waiting: (uri: vscode.Uri) => Pending[],
    languages: readonly string[],
  ) {
    this.status.name = t('Planfirst: ghost text');
    this.subscriptions = [
      this.status,
      vscode.languages.registerInlineCompletionItemProvider(languages.map((language) => ({ language })), this),
      vscode.window.onDidChangeTextEditorSelection(() => this.follow()),
      vscode.window.onDidChangeActiveTextEditor(() => this.follow()),
      vscode.workspace.onDidChangeTextDocument(() => this.follow()),
    ];
  }

  /** Follows code that is going to be written for a request; undefined where you want a diff. */
  begin(document: vscode.TextDocument, site: WireSite): GhostWriting | undefined {
    if (!isGhostWanted(document)) {
      return undefined;
    }
    const writing = new GhostWriting(document, site, () => this.again());
    this.writings.add(writing);
    return writing;
  }

  end(writing: GhostWriting): void {
    this.writings.delete(writing);
    this.follow();
  }

  /** Puts the cursor where the code will stand, and lets the editor show it there. False when that cannot be. */
  async show(one: Pending, document: vscode.TextDocument): Promise<boolean> {
    const ghost = one.ghost;
    const editor = ghost && (await showSource(document));
    if (!editor || document.version !== ghost.version) {
      return false;
    }
    const at = new vscode.Position(ghost.at.line, ghost.at.character);
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.again();
    return true;
  }

  provideInlineCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.InlineCompletionItem[] {
    const one = this.at(document, position);
    if (!one?.ghost) {
      return [];
    }
    const item = new vscode.InlineCompletionItem(one.ghost.text, new vscode.Range(position, position));
    if (!(one instanceof GhostWriting)) {
      item.command = { title: t('Accept'), command: 'planfirst.keepGhost', arguments: [one.id] };
    }
    return [item];
  }

  /** What belongs to code that the editor has just written: its imports, in the same undo step. */
  async finish(one: Pending): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (!one.ghost || one.ghost.imports.length === 0) {
      return;
    }
    const isThere = editor?.document.uri.toString() === one.target.uri.toString();
    const imports = isThere ? importsFor(one.ghost, editor.document.getText()) : undefined;
    const put = (edit: vscode.TextEditorEdit): void => imports?.forEach(({ range, newText }) => edit.insert(new vscode.Position(range.start.line, range.start.character), newText));
    if (!imports || !(await editor?.edit(put, { undoStopBefore: false, undoStopAfter: true }))) {
      void showNotice(t('The code is in your file, and what it imports is not, because the text above it has changed. Add this there: {0}', importLines(one.ghost)));
    }
  }

  /** The code whose ghost text stands at the cursor. */
  get current(): Shown | undefined {
    const editor = vscode.window.activeTextEditor;
    return editor?.selection.isEmpty ? this.at(editor.document, editor.selection.active) : undefined;
  }

  /**
   * Looks again whether there is ghost text at the cursor. The editor, which asks for it only while you type, is told when
   * the cursor comes to it, and when its code waits no longer.
   */
  follow(): void {
    const [before, now] = [this.shown, this.current];
    if (before === now) {
      return;
    }
    this.shown = now;
    setKey('atGhost', now !== undefined);
    setKey('ghostWriting', now instanceof GhostWriting);
    if (before && !this.isThere(before)) {
      void vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    }
    if (!now) {
      this.status.hide();
      return;
    }
    void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    const [request, text] = now instanceof GhostWriting ? [now.request, writingText(now)] : [now.answer.request, waitingText(now)];
    this.status.text = text;
    this.status.tooltip = t('Code for “{0}” stands as ghost text at the cursor.', request.split('\n')[0] ?? '');
    this.status.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  /** Accepts what is being written at the cursor, as soon as it is complete. */
  keepWritten(): void {
    const one = this.current;
    if (one instanceof GhostWriting) {
      one.keep();
    }
  }

  /** Looks again at what is shown already, too: it has changed, or was hidden. */
  private again(): void {
    void vscode.commands.executeCommand('editor.action.inlineSuggest.hide'); // else it does not ask anew
    this.shown = undefined;
    this.follow();
  }

  private isThere(one: Shown): boolean {
    return one instanceof GhostWriting ? this.writings.has(one) && one.ghost !== undefined : this.waiting(one.target.uri).includes(one);
  }

  private at(document: vscode.TextDocument, position: vscode.Position): Shown | undefined {
    const writings = [...this.writings].filter(({ uri }) => uri.toString() === document.uri.toString());
    return [...this.waiting(document.uri), ...writings].find(
      ({ ghost }) => ghost && ghost.version === document.version && ghost.at.line === position.line && ghost.at.character === position.character,
    );
  }
}

function writingText({ isKept }: GhostWriting): string {
  return `$(loading~spin) ${isKept ? t('It is kept when it is complete, Escape stops it') : t('Tab keeps it when it is complete, Escape stops it')}`;
}

function waitingText({ answer }: Pending): string {
  const verdict = answer.verdict && verdictLabel(answer.verdict, t);
  return [t('Tab keeps it, Escape drops it'), ...(verdict ? [`$(${verdict.icon}) ${verdict.text}`] : [])].join(' · ');
}
