import type { WirePosition, WireTextEdit } from '../protocol.js';
import { splitLines } from './lines.js';
import { offsetOf } from './textEdits.js';

/** Code that is only added, as ghost text behind the line that it goes below. */
export interface Ghost {
  /** Where the cursor must be: the end of that line. */
  at: WirePosition;
  /** What stands there when it is kept; it begins with a line break. */
  text: string;
  /** What goes in besides, above it: imports. */
  imports: WireTextEdit[];
  /** The document's text up to `at`. */
  above: string;
}

/**
 * The ghost text of edits; undefined where a diff must show them: something is deleted or replaced, more than one block
 * goes in besides imports, or there is no line above.
 */
export function ghostOf(text: string, edits: readonly WireTextEdit[]): Ghost | undefined {
  if (edits.length === 0 || !edits.every(isInsertion)) {
    return undefined;
  }
  const sorted = [...edits].sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character);
  const block = sorted.pop() as WireTextEdit;
  if (!sorted.every((edit) => isImports(edit.newText) && edit.range.start.line < block.range.start.line)) {
    return undefined;
  }
  const lines = splitLines(text);
  const { line, character } = block.range.start;
  const rows = splitLines(block.newText);
  const outer = character === 0 ? rows.pop() : rows.shift(); // a line break ends it, or begins it behind an unfinished last line
  const at = character === 0 ? { line: line - 1, character: lines[line - 1]?.length ?? 0 } : block.range.start;
  if (outer !== '' || at.line < 0 || !rows.some((row) => row.trim())) {
    return undefined;
  }
  return { at, text: ['', ...rows].join('\n'), imports: sorted, above: text.slice(0, offsetOf(text, at)) };
}

/** The imports that go into the document when the ghost text has been kept; undefined when something above it has changed. */
export function importsFor(ghost: Ghost, now: string): WireTextEdit[] | undefined {
  return now.startsWith(ghost.above) ? ghost.imports : undefined;
}

/** The lines of imports that a ghost text brings, to be shown where they could not be put in. */
export function importLines(ghost: Ghost): string {
  return ghost.imports.flatMap((edit) => splitLines(edit.newText).filter((line) => line.trim())).join('\n');
}

function isInsertion({ range: { start, end } }: WireTextEdit): boolean {
  return start.line === end.line && start.character === end.character;
}

function isImports(text: string): boolean {
  return splitLines(text).every((line) => !line.trim() || /^\s*(import|from)\s/.test(line));
}
