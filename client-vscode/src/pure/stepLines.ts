import { splitLines } from './lines.js';

/** The first and the last row that belong to a step. */
export type Rows = readonly [number, number];

const GAP = 2; // rows that may have got between two of a part: an import, a comment, a blank one

/**
 * Where the lines of each step stand in a text; undefined for a step whose lines are not known or not there.
 *
 * Code that was put into a file may have got or lost a row. So a step's lines begin at the first of its rows that is found
 * behind those of the step before, and go on for as long as its rows follow.
 *
 * @param rows the rows of the text
 * @param parts the lines of each step; an empty text for a step that has none
 * @param from, to the first and the last row that are looked at
 */
export function stepLines(rows: readonly string[], parts: readonly string[], from = 0, to = rows.length - 1): (Rows | undefined)[] {
  const rowOf = (wanted: string, first: number, last: number): number | undefined => {
    const at = rows.slice(first, Math.min(last, to) + 1).findIndex((row) => row.trim() === wanted);
    return at < 0 ? undefined : first + at;
  };
  let next = from;
  return parts.map((part) => {
    const wanted = splitLines(part).map((row) => row.trim()).filter(Boolean);
    const begun = wanted.findIndex((row) => /\w/.test(row) && rowOf(row, next, to) !== undefined);
    const first = begun < 0 ? undefined : rowOf(wanted[begun] ?? '', next, to);
    if (first === undefined) {
      return undefined;
    }
    const last = wanted.slice(begun + 1).reduce((at, row) => rowOf(row, at + 1, at + 1 + GAP) ?? at, first);
    next = last + 1;
    return [first, last] as const;
  });
}

/** The step that a row belongs to, counted from zero; undefined where it belongs to none. */
export function stepAt(steps: readonly (Rows | undefined)[], row: number): number | undefined {
  const found = steps.findIndex((rows) => rows !== undefined && rows[0] <= row && row <= rows[1]);
  return found < 0 ? undefined : found;
}
