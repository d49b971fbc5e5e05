import * as vscode from 'vscode';

import { setKey } from '../contextKeys.js';
import { showNotice } from '../failures.js';
import { importLines, importsFor } from '../pure/ghost.js';
import { verdictLabel } from '../pure/verdict.js';
import type { Pending } from './previewTab.js';
import { showSource } from './show.js';

const { t } = vscode.l10n;

/** Whether you want ghost text, and the editor shows any. */
export function isGhostWanted(document: vscode.TextDocument): boolean {
  const wanted = vscode.workspace.getConfiguration('planfirst').get('editor.preview') === 'ghost';
  return wanted && vscode.workspace.getConfiguration('editor', document).get('inlineSuggest.enabled') !== false;
}

/** Whether you leave the cursor and the text of the active editor as they are now: else code would appear where you type. */
export function stillness(): (uri: vscode.Uri) => boolean {
  const editor = vscode.window.activeTextEditor;
  const [version, selection] = [editor?.document.version, editor?.selection];
  return (uri) => {
    const now = vscode.window.activeTextEditor;
    const isSame = now !== undefined && now === editor && now.document.uri.toString() === uri.toString();
    return isSame && now.document.version === version && selection !== undefined && now.selection.isEqual(selection);
  };
}

/**
 * Code that waits for a decision, as ghost text at the place where it will stand. The editor shows it, and its Tab keeps
 * it, only while the text is the very one that the place was found in. Says beside it whether the code was checked.
 */
export class GhostTexts implements vscode.Disposable, vscode.InlineCompletionItemProvider {
  private readonly status = vscode.window.createStatusBarItem('planfirst.ghost', vscode.StatusBarAlignment.Left, -1000);
  private readonly subscriptions: vscode.Disposable[];
  private shown: Pending | undefined;

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
    this.shown = undefined; // also where it is shown already, and was hidden
    this.follow();
    return true;
  }

  provideInlineCompletionItems(document: vscode.TextDocument, position: vscode.Position): vscode.InlineCompletionItem[] {
    const one = this.at(document, position);
    const command = { title: t('Accept'), command: 'planfirst.keepGhost', arguments: [one?.id] };
    return one?.ghost ? [new vscode.InlineCompletionItem(one.ghost.text, new vscode.Range(position, position), command)] : [];
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
  get current(): Pending | undefined {
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
    if (before && !this.waiting(before.target.uri).includes(before)) {
      void vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    }
    if (!now) {
      this.status.hide();
      return;
    }
    void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    const verdict = now.answer.verdict && verdictLabel(now.answer.verdict, t);
    this.status.text = [t('Tab keeps it, Escape drops it'), ...(verdict ? [`$(${verdict.icon}) ${verdict.text}`] : [])].join(' · ');
    this.status.tooltip = t('Code for “{0}” stands as ghost text at the cursor.', now.answer.request.split('\n')[0] ?? '');
    this.status.show();
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private at(document: vscode.TextDocument, position: vscode.Position): Pending | undefined {
    return this.waiting(document.uri).find(
      ({ ghost }) => ghost && ghost.version === document.version && ghost.at.line === position.line && ghost.at.character === position.character,
    );
  }
}
