import * as vscode from 'vscode';

import { Failure } from '../failures.js';
import { SCHEME } from '../features/previewTab.js';
import type { ChatFile } from '../protocol.js';

const { t } = vscode.l10n;

/** What goes along with a message, and where it stands, so that the chat can show it. */
export interface Attached {
  file: ChatFile;
  at: vscode.Uri | vscode.Location | undefined;
}

/**
 * The files, selections and texts that the user attached.
 *
 * Throws a Failure when one of them cannot be read as text.
 */
export async function attachedTo(references: readonly vscode.ChatPromptReference[]): Promise<Attached[]> {
  const found: Attached[] = [];
  for (const { value } of references) {
    if (value instanceof vscode.Uri || value instanceof vscode.Location) {
      found.push(await read(value));
    } else if (typeof value === 'string' && value.trim()) {
      found.push({ file: { name: '', language: '', text: value }, at: undefined });
    }
  }
  return found;
}

/** What is selected in the active editor; `whole` takes the file where nothing is. */
export function activeCode(whole: boolean): Attached[] {
  const editor = vscode.window.activeTextEditor;
  if (!editor || (editor.selection.isEmpty && !whole)) {
    return [];
  }
  const { document, selection } = editor;
  return [selection.isEmpty ? of(document) : of(document, selection)];
}

async function read(place: vscode.Uri | vscode.Location): Promise<Attached> {
  const uri = place instanceof vscode.Uri ? place : place.uri;
  let document: vscode.TextDocument;
  try {
    document = await vscode.workspace.openTextDocument(uri);
  } catch {
    throw new Failure(t('{0} cannot be read as text, so nothing was sent. Attach a text file instead.', vscode.workspace.asRelativePath(uri)));
  }
  return place instanceof vscode.Uri ? of(document) : of(document, place.range);
}

function of(document: vscode.TextDocument, range?: vscode.Range): Attached {
  const { uri } = document;
  const file = uri.scheme === SCHEME ? vscode.Uri.file(uri.path) : uri; // a preview is called as its file
  const name = vscode.workspace.asRelativePath(file).replace(/[\p{C}`]/gu, ' ');
  const lines = range ? `${name}:${range.start.line + 1}-${range.end.line + 1}` : name;
  const text = document.getText(range);
  return { file: { name: lines, language: document.languageId, text }, at: range ? new vscode.Location(document.uri, range) : document.uri };
}
