import type { WireEdit, WirePosition, WireTextEdit } from '../protocol.js';

/** The edits of a WorkspaceEdit that changes one document. */
export function editsOf(edit: WireEdit | null): WireTextEdit[] {
  if (!edit) {
    return [];
  }
  if (edit.documentChanges) {
    return edit.documentChanges.flatMap((change) => change.edits);
  }
  return Object.values(edit.changes ?? {}).flat();
}

/** The text after edits that do not overlap; positions count UTF-16 units, as JavaScript does. */
export function applyEdits(text: string, edits: readonly WireTextEdit[]): string {
  const starts = lineStarts(text);
  const offset = (at: WirePosition): number => Math.min((starts[at.line] ?? text.length) + at.character, text.length);
  const sorted = edits
    .map((edit, order) => ({ start: offset(edit.range.start), end: offset(edit.range.end), text: edit.newText, order }))
    .sort((a, b) => a.start - b.start || a.order - b.order);
  let result = '';
  let position = 0;
  for (const edit of sorted) {
    result += text.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return result + text.slice(position);
}

/** The first and the last line, in the new text, of what the last edit wrote. */
export function writtenLines(text: string, edits: readonly WireTextEdit[]): [number, number] | undefined {
  const sorted = [...edits].sort((a, b) => a.range.start.line - b.range.start.line);
  const last = sorted.at(-1);
  if (!last) {
    return undefined;
  }
  const before = applyEdits(text, sorted.slice(0, -1));
  const shift = lineStarts(before).length - lineStarts(text).length;
  const leading = /^\r?\n/.test(last.newText) ? 1 : 0;
  const first = last.range.start.line + shift + leading;
  const body = last.newText.replace(/^\r?\n/, '').replace(/\r?\n$/, '');
  return [first, first + lineStarts(body).length - 1];
}

/** Where a line is after edits that leave it as it is. */
export function movedTo(line: number, edits: readonly WireTextEdit[]): number {
  const above = edits.filter(({ range }) => range.end.line < line || (range.end.line === line && range.end.character === 0));
  return above.reduce((sum, { range, newText }) => sum + lineStarts(newText).length - 1 - (range.end.line - range.start.line), line);
}

/** How many UTF-16 units stand before a position. */
export function offsetOf(text: string, at: WirePosition): number {
  return Math.min((lineStarts(text)[at.line] ?? text.length) + at.character, text.length);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const end of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(end.index + end[0].length);
  }
  return starts;
}
