import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { INDEX_WORKSPACE } from '../src/protocol.js';
import { asksForStore, isQuiet } from '../src/pure/notices.js';
import { Questions } from '../src/pure/question.js';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../../server/planfirst', name), 'utf8');

test('a question that was closed is not shown again in this window', async () => {
  const questions = new Questions();
  const shown: string[] = [];
  const ask = (question: string, answer?: string): Promise<string | undefined> => questions.ask(question, () => Promise.resolve((shown.push(question), answer)));
  expect(await ask('Read one?')).toBeUndefined();
  expect(await ask('Read one?', 'yes')).toBeUndefined();
  expect(await ask('Read two?', 'yes')).toBe('yes');
  expect(await ask('Read two?', 'no')).toBe('no');
  expect(shown).toEqual(['Read one?', 'Read two?', 'Read two?']);
});
test('the command is the one that the server knows', () => {
  expect(read('lsp/opened_folders.py')).toContain(`INDEX_COMMAND: Final = "${INDEX_WORKSPACE}"`);
});
test('a notice offers to build the store by its code, whatever it says', () => {
  expect(asksForStore({ code: 'store-missing', text: '' })).toBe(true);
  expect(asksForStore({ code: 'prompt-example-cut', text: 'Build it with `planfirst index build`.' })).toBe(false);
  expect(isQuiet({ code: 'prompt-context-cut', text: '' })).toBe(true);
  expect(isQuiet({ code: 'prompt-request-cut', text: '' })).toBe(false);
});
