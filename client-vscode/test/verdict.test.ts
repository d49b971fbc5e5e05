import { describe, expect, test } from 'vitest';

import type { AttemptEvent, WireVerdict } from '../src/protocol.js';
import { attemptText, verdictLabel, verdictText } from '../src/pure/verdict.js';

const t = (text: string, ...values: (string | number)[]): string => text.replace(/\{(\d)\}/g, (_, n: string) => String(values[Number(n)]));
const passed: WireVerdict = { status: 'passed', check: 'f(2) -> 4', output: '', held: 2, of: 2, ran: true, placed: true, needs: '', attempts: 1, how: '' };
const failed: WireVerdict = { ...passed, status: 'failed', output: 'f(2) gave 5, not 4', held: 1, attempts: 3, how: 'without the plan' };

describe('a verdict', () => {
  test.each([
    [passed, 'pass', 'Passed: 2 of 2 checks hold'],
    [{ ...passed, status: 'read' as const, check: 'It parses.', ran: false, of: 0 }, 'question', 'Not run. It parses.'],
    [{ ...failed, placed: false, attempts: 1 }, 'error', 'Not written: it does not fit into the file'],
    [failed, 'error', 'Failed: 1 of 2 checks hold · 3 attempts'],
    [{ ...failed, of: 0, attempts: 1 }, 'error', 'Failed: reading the code shows a fault'],
    [{ ...passed, status: 'not checked' as const, ran: false }, 'question', 'Not checked'],
  ])('has a label', (verdict, icon, text) => expect(verdictLabel(verdict, t)).toEqual({ icon, text }));

  test('says what was checked, what that gave, and how the code was written', () => {
    const text = verdictText(failed, t);
    expect(text).toContain('What was checked:\n\nf(2) -> 4');
    expect(text).toContain('What it gave:\n\nf(2) gave 5, not 4');
    expect(text).toContain('How it was written:\n\nwithout the plan');
    expect(verdictText(passed, t)).not.toContain('What it gave');
  });

  test.each([
    ['permission', 'planfirst.verify.run'],
    ['trust', 'not trusted'],
    ['sandbox', 'Install bubblewrap'],
  ])('says what it would take: %s', (needs, said) => {
    const verdict: WireVerdict = { ...passed, status: 'not checked', ran: false, needs, output: 'Install bubblewrap.' };
    expect(verdictText(verdict, t)).toContain(said);
  });
});

describe('an attempt', () => {
  const event: AttemptEvent = { kind: 'attempt', doing: 'write', number: 2, of: 8, how: 'with another example', output: '', secondsLeft: 21.4, tokensLeft: 1500 };

  test('says what is left of the budget', () =>
    expect(attemptText(event, t)).toBe('Attempt 2 of at most 8, with another example (21 s and 1500 tokens left)'));
  test('is not named when it is the first', () => expect(attemptText({ ...event, number: 1 }, t)).toBeUndefined());
  test('is being checked', () => {
    expect(attemptText({ ...event, doing: 'check' }, t)).toBe('Checking attempt 2');
    expect(attemptText({ ...event, doing: 'check', number: 1 }, t)).toBe('Checking the code');
  });
  test('fails', () => expect(attemptText({ ...event, doing: 'failed', output: 'f(2) gave 5' }, t)).toBe('Attempt 2 fails: f(2) gave 5'));
});
