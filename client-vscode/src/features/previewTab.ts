import * as vscode from 'vscode';

import { showNotice, type Way } from '../failures.js';
import type { Answer } from '../protocol.js';
import type { Ghost } from '../pure/ghost.js';
import { columnOf, showSource } from './show.js';
import type { Target } from './targets.js';

const { t } = vscode.l10n;
export const SCHEME = 'planfirst-preview';

/** Generated code that waits for a decision. */
export interface Pending {
  id: number;
  target: Target;
  answer: Answer;
  attempt: number;
  /** The document with the code in it; undefined while the code cannot be placed safely. */
  result: string | undefined;
  /** The first and the last line of the code in there. */
  lines: [number, number] | undefined;
  /** The line in there that the request begins in. */
  top: number;
  /** The code as ghost text of the document in that version; undefined where only a diff can show it. */
  ghost: (Ghost & { version: number }) | undefined;
}

export function previewUri(one: Pending): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: one.target.uri.path, query: String(one.id) });
}

/** The id of the preview in the active tab; -1 when there is another thing. */
export function activeId(): number {
  return idOf(vscode.window.tabGroups.activeTabGroup.activeTab) ?? -1;
}

/** Opens the diff between the file and the file with the code in it. */
export async function showDiff(one: Pending): Promise<void> {
  const name = one.target.uri.path.split('/').at(-1) ?? '';
  const request = one.answer.request.split('\n')[0] ?? '';
  const title = t('{0}: code for “{1}”', name, request.length > 40 ? `${request.slice(0, 39)}…` : request);
  const at = one.lines && new vscode.Position(one.lines[0], 0);
  await vscode.commands.executeCommand('vscode.diff', one.target.uri, previewUri(one), title, {
    preview: false,
    ...(at ? { selection: new vscode.Range(at, at) } : {}), // else it shows the first change, an import far above
    viewColumn: columnOf(one.target.uri) ?? vscode.ViewColumn.Active,
  });
}

export async function closeDiff(one: Pending): Promise<void> {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => idOf(tab) === one.id);
  if (tabs.length > 0) {
    await vscode.window.tabGroups.close(tabs);
  }
}

/** Shows code that has no place in its document in a new one, and says why. */
export async function keepAside(one: Pending, why: string, ...ways: Way[]): Promise<void> {
  const language = vscode.workspace.textDocuments.find((document) => document.uri.toString() === one.target.uri.toString())?.languageId;
  const document = await vscode.workspace.openTextDocument({ content: one.answer.code, ...(language ? { language } : {}) });
  await vscode.window.showTextDocument(document, { preview: false });
  void showNotice(why, ...ways, { title: t('Show File'), command: 'vscode.open', args: [one.target.uri] });
}

/** Shows the lines that were written. */
export async function reveal(document: vscode.TextDocument, lines: [number, number] | undefined): Promise<void> {
  const editor = await showSource(document);
  if (editor && lines) {
    const range = new vscode.Range(lines[0], 0, lines[1], 0);
    editor.selection = new vscode.Selection(range.start, range.start); // it was hidden, so its cursor did not move along
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }
}

function idOf(tab: vscode.Tab | undefined): number | undefined {
  const input = tab?.input;
  return input instanceof vscode.TabInputTextDiff && input.modified.scheme === SCHEME ? Number(input.modified.query) : undefined;
}
