/** A change of a document by lines: `removed` line breaks gone and `added` line breaks put in, from `line` on. */
export interface LineChange {
  line: number;
  removed: number;
  added: number;
}

/** Where a line is after a change above it; undefined when the change swallowed it. */
export function shifted(line: number, change: LineChange): number | undefined {
  if (line <= change.line) {
    return line;
  }
  if (line <= change.line + change.removed) {
    // The last line of what was removed lives on, joined to what came in.
    return line === change.line + change.removed ? change.line + change.added : undefined;
  }
  return line + change.added - change.removed;
}
