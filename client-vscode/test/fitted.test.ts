import { describe, expect, test } from 'vitest';

import { fittedText, type Fitted } from '../src/pure/fitted.js';

const t = (text: string, ...values: (string | number)[]): string => text.replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)]));
const found: Fitted = {
  model: 'coder', path: '/models/fitted/coder.gguf', layout: 'IQ4_NL', complete: true,
  tried: [
    { tried: 'layout Q4_0', kept: true, read: [100, 150], written: [20, 22] },
    { tried: 'layout IQ4_NL', kept: true, read: [150, 200], written: [22, 30] },
    { tried: 'layout Q8_0', kept: false, read: [200, 90], written: [30, 20] },
    { tried: 'flash attention', kept: true, read: [200, 220], written: [30, 31] },
  ],
};

describe('a fitted model', () => {
  test('is compared with the original, and not with the copy before', () => {
    expect(fittedText(found, t)).toContain('a copy of coder (IQ4_NL) reads 2.0 times and writes 1.5 times as fast here');
  });
  test('says what is left to try', () => {
    expect(fittedText({ ...found, complete: false }, t)).toMatch(/run the command again to continue\.$/);
  });
  test('may be the original', () => {
    expect(fittedText({ ...found, path: null }, t)).toBe('Planfirst: coder stays as it is: no copy of it is quicker here and as good.');
  });
});
