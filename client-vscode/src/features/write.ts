import * as vscode from 'vscode';

import type { WireTextEdit } from '../protocol.js';
import { showSource } from './show.js';

/**
 * Writes edits into a document as one undo step. False when nothing was written: the document is no longer in that
 * version, or the editor holds it read-only.
 */
export async function write(document: vscode.TextDocument, version: number, edits: readonly WireTextEdit[]): Promise<boolean> {
  const places = edits.map(({ range, newText }) => ({
    range: new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character),
    newText,
  }));
  // Through the editor that shows it: a workspace edit would change a document that is set read-only.
  const editor = await showSource(document);
  if (document.version !== version) {
    return false;
  }
  if (editor) {
    const said = await editor.edit((edit) => places.forEach(({ range, newText }) => edit.replace(range, newText)));
    return said && document.version !== version; // a read-only editor says yes and does nothing
  }
  const edit = new vscode.WorkspaceEdit();
  places.forEach(({ range, newText }) => edit.replace(document.uri, range, newText));
  return vscode.workspace.applyEdit(edit);
}
