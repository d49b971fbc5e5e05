import { describe, expect, test } from 'vitest';

import { modelToOffer, shownModel, sizeText, type ListedModel } from '../src/pure/firstModel.js';

const GIB = 2 ** 30;
const starter: ListedModel = { name: 'starter', size: 7_149_472, installed: true, origin: 'shipped' };
const llama: ListedModel = { name: 'llama-3.2-1b', size: 773_025_920, installed: false };
const larger: ListedModel = { name: 'qwen2.5-coder-1.5b', size: 1_117_320_768, installed: false };
const smaller: ListedModel = { name: 'qwen2.5-coder-0.5b', size: 491_400_064, installed: false };
const rows = [starter, llama, larger, smaller];

describe('the model that is offered', () => {
  test.each([
    [4 * GIB, smaller],
    [8 * GIB - 1, smaller],
    [8 * GIB, larger],
    [64 * GIB, larger],
  ])('suits %d bytes of memory', (memory, row) => expect(modelToOffer(rows, memory)).toBe(row));
  test.each(['downloaded', 'imported'])('is none where a model is %s', (origin) => {
    expect(modelToOffer([starter, larger, smaller, { ...llama, installed: true, origin }], 8 * GIB)).toBeUndefined();
  });
  test('is one where the only other file is broken', () => {
    const broken = { ...smaller, installed: true, origin: 'downloaded', problem: 'cut off' };
    expect(modelToOffer([starter, larger, broken], 8 * GIB)).toBe(larger);
  });
  test('is none where the server does not know it', () => expect(modelToOffer([starter, llama], 8 * GIB)).toBeUndefined());
});

test('sizes are said in the unit that suits them', () => {
  expect(sizeText(larger.size)).toBe('1.1 GB');
  expect(sizeText(smaller.size)).toBe('491 MB');
});

test.each([
  ['auto', undefined, 'auto'],
  ['', undefined, 'auto'],
  ['auto', 'qwen2.5-coder-1.5b', 'qwen2.5-coder-1.5b'],
  ['starter', 'qwen2.5-coder-1.5b', 'starter'],
  ['C:\\models\\mine.GGUF', undefined, 'mine'],
  ['/models/mine.gguf', 'starter', 'mine'],
])('with the setting %o and %o the status bar shows %s', (named, answered, shown) => expect(shownModel(named, answered)).toBe(shown));
