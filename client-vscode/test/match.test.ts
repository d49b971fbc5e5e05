import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { WireExample } from '../src/protocol.js';
import { scoreText, similarText } from '../src/pure/match.js';

const korean = JSON.parse(readFileSync(join(import.meta.dirname, '../l10n/bundle.l10n.ko.json'), 'utf8')) as Record<string, string>;
const fill = (text: string, values: (string | number)[]): string => text.replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)]));
const english = (text: string, ...values: (string | number)[]): string => fill(text, values);
const inKorean = (text: string, ...values: (string | number)[]): string => fill(korean[text] ?? text, values);

describe('a score', () => {
  test.each([
    ['close match', 'close match, score 0.87', '거의 일치, 점수 0.87'],
    ['related', 'related, score 0.87', '관련 있음, 점수 0.87'],
    ['none', 'score 0.87', '점수 0.87'],
    ['a word of a later server', 'score 0.87', '점수 0.87'],
  ])('of a match “%s” has its word', (match, words, translated) => {
    expect(scoreText({ match, score: 0.871 }, english)).toBe(words);
    expect(scoreText({ match, score: 0.871 }, inKorean)).toBe(translated);
  });
  test('of a server that has no words stands alone', () => expect(scoreText({ score: 1 }, english)).toBe('score 1.00'));

  // Each word that the server can say is one that is shown, or is meant not to be.
  test('has the words of likelihood.py', () => {
    const source = readFileSync(join(import.meta.dirname, '../../server/planfirst/likelihood.py'), 'utf8');
    const words = [.../^Match = Literal\[(.*)\]$/m.exec(source)?.[1]?.matchAll(/"([^"]+)"/g) ?? []].map((match) => match[1] ?? '');
    expect(words).toContain('none');
    for (const match of words.filter((word) => word !== 'none')) {
      expect(scoreText({ match, score: 0.5 }, english)).toBe(`${match}, score 0.50`);
    }
  });
});

test('a similar question stands on one line with its score', () => {
  const example: WireExample = { question: 'read a file\n  of rows ', code: '', score: 0.5, match: 'related', source: 's', licence: 'l', place: 'p', used: true };
  expect(similarText(example, english)).toBe('Similar question (related, score 0.50): read a file of rows');
  expect(similarText(example, inKorean)).toBe('비슷한 질문(관련 있음, 점수 0.50): read a file of rows');
});
