import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { INDEX_WORKSPACE } from '../src/protocol.js';
import { folderAsked, folderRead, NOT_THIS_FOLDER, READ_IT } from '../src/pure/question.js';

const server = readFileSync(join(import.meta.dirname, '../../server/planfirst/lsp/watch.py'), 'utf8');

test('the question is the one that the server asks', () => {
  const words = /message = \(\n((?:\s+f?".*"\n)+)\s+\)/.exec(server)?.[1] ?? '';
  const message = [...words.matchAll(/"(.*)"/g)].map((line) => line[1]).join('').replace('{folder.name}', 'my stock 재고 📦');
  expect(folderAsked(message)).toBe('my stock 재고 📦');
});
test('the title of the progress is the one that the server writes', () => {
  const progress = readFileSync(join(import.meta.dirname, '../../server/planfirst/lsp/reading_progress.py'), 'utf8');
  const title = /title = f"(.*)"/.exec(progress)?.[1] ?? '';
  expect(folderRead(title.replace('{self._name}', 'my stock'))).toBe('my stock');
  expect(folderRead('Planfirst: Generate')).toBeUndefined();
});
test('another question is not', () => {
  expect(folderAsked('Planfirst may run code in a sandbox. Allow it?')).toBeUndefined();
});
test('its answers and the command are the ones that the server knows', () => {
  expect(server).toContain(`YES, NO = "${READ_IT}", "${NOT_THIS_FOLDER}"`);
  expect(server).toContain(`INDEX_COMMAND: Final = "${INDEX_WORKSPACE}"`);
});
