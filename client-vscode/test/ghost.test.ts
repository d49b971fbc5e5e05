import { describe, expect, test } from 'vitest';

import { ghostOf, importLines, importsFor } from '../src/pure/ghost.js';
import { applyEdits } from '../src/pure/textEdits.js';

const edit = (line: number, newText: string, character = 0, end = line) => ({
  range: { start: { line, character }, end: { line: end, character } },
  newText,
});
const TEXT = 'import os\n\n# read it\nrest()\n';
const IMPORT = edit(1, 'import csv\n');
const CODE = edit(3, 'rows = 1\nshow(rows)\n');

/** What stands in the document when the ghost text was kept. */
function kept(text: string, edits: Parameters<typeof ghostOf>[1]): string {
  const ghost = ghostOf(text, edits);
  if (!ghost) {
    throw new Error('there is no ghost text');
  }
  const newline = text.includes('\r\n') ? '\r\n' : '\n'; // the editor writes the document's own
  const written = applyEdits(text, [{ range: { start: ghost.at, end: ghost.at }, newText: ghost.text.replaceAll('\n', newline) }]);
  return applyEdits(written, importsFor(ghost, written) ?? []);
}

describe('ghost text', () => {
  test('stands behind the line that the code goes below', () => {
    expect(ghostOf(TEXT, [CODE])).toEqual({ at: { line: 2, character: 9 }, text: '\nrows = 1\nshow(rows)', imports: [], above: 'import os\n\n# read it' });
  });
  test.each([
    ['code alone', TEXT, [CODE]],
    ['code and imports above it, in any order', TEXT, [CODE, IMPORT]],
    ['an unfinished last line', '# read it', [edit(0, '\nx = 1\ny', 9)]],
    ['the end of a file', '# read it\n', [edit(1, 'x = 1\n')]],
    ['a blank line first', TEXT, [edit(3, '\nx = 1\n')]],
    ['Windows line ends', TEXT.replaceAll('\n', '\r\n'), [edit(1, 'import csv\r\n'), edit(3, 'x = 1\r\ny = 2\r\n')]],
    ['a line of wide characters', '# 파일을 😀\nrest()\n', [edit(1, 'x = 1\n')]],
  ])('makes of %s what the diff would', (_, text, edits) => expect(kept(text, edits)).toBe(applyEdits(text, edits)));
  test.each([
    ['nothing', []],
    ['a deletion', [edit(1, '', 0, 2)]],
    ['a replacement', [edit(3, 'x = 1\n', 0, 4)]],
    ['an import below', [CODE, edit(4, 'import csv\n')]],
    ['two blocks', [edit(1, 'x = 1\n'), CODE]],
    ['a block with imports above it', [edit(1, 'import csv\nx = 1\n'), CODE]],
    ['the very first line', [edit(0, 'x = 1\n')]],
    ['part of a line', [edit(3, 'x = 1')]],
    ['blank lines', [edit(3, '\n\n')]],
  ])('is not there for %s', (_, edits) => expect(ghostOf(TEXT, edits)).toBeUndefined());
  test('brings imports only while all above it is as it was', () => {
    const ghost = ghostOf(TEXT, [IMPORT, CODE]);
    expect(ghost && importsFor(ghost, `${ghost.above}\nanything`)).toEqual([IMPORT]);
    expect(ghost && importsFor(ghost, `# new\n${TEXT}`)).toBeUndefined();
    expect(ghost && importLines(ghost)).toBe('import csv');
  });
});
