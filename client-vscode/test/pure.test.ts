import { describe, expect, test } from 'vitest';

import { anchorOf, relocate } from '../src/pure/anchor.js';
import { Backoff } from '../src/pure/backoff.js';
import { commandLink, escapeMarkdown } from '../src/pure/markdown.js';
import { Meter } from '../src/pure/meter.js';
import { parsePlan, placedSteps, planFault, planText, stepOf } from '../src/pure/planText.js';
import { stepAt, stepLines } from '../src/pure/stepLines.js';
import { best, judge, parseProbe } from '../src/pure/probe.js';
import { parseProgress } from '../src/pure/progress.js';
import { promptText, sectionPlaces } from '../src/pure/promptText.js';
import { serverSettings } from '../src/pure/settings.js';
import { applyEdits, editsOf, movedTo, writtenLines } from '../src/pure/textEdits.js';
import { shifted } from '../src/pure/tracked.js';
import { compatible } from '../src/pure/versions.js';

const edit = (first: number, last: number, newText: string) => ({
  range: { start: { line: first, character: 0 }, end: { line: last, character: 0 } },
  newText,
});

describe('anchor', () => {
  const text = 'a\n# do it\nb\nc\n';
  const anchor = anchorOf(text, 1, 1);

  test('stays where it was', () => expect(relocate(text, anchor)).toBe(1));
  test('follows text put in above', () => expect(relocate(`x\ny\n${text}`, anchor)).toBe(3));
  test('does not mind other line ends', () => expect(relocate(text.replaceAll('\n', '\r\n'), anchor)).toBe(1));
  test('does not mind changes further away', () => expect(relocate('a\n# do it\nb\nchanged\n', anchor)).toBe(1));
  test.each([
    ['the comment changed', 'a\n# do that\nb\nc\n'],
    ['the comment is gone', 'a\nb\nc\n'],
    ['it stands there twice', `${text}${text}`],
    ['the line above changed', 'A\n# do it\nb\nc\n'],
    ['the line below changed', 'a\n# do it\nB\nc\n'],
    ['the indentation changed', 'a\n  # do it\nb\nc\n'],
  ])('is not certain when %s', (_, now) => expect(relocate(now, anchor)).toBeUndefined());
  test('of blank lines is never certain', () => expect(relocate('a\n\nb', anchorOf('a\n\nb', 1, 1))).toBeUndefined());
  test('at both ends of a file', () => {
    expect(relocate('# all', anchorOf('# all', 0, 0))).toBe(0);
    expect(relocate('# all\nmore', anchorOf('# all', 0, 0))).toBeUndefined();
  });
});

describe('text edits', () => {
  test('are applied against the same text, in any order', () => {
    expect(applyEdits('a\nb\nc\n', [edit(2, 3, 'C\n'), edit(0, 0, 'x\n')])).toBe('x\na\nb\nC\n');
  });
  test('keep the order of two at one place', () => expect(applyEdits('a\n', [edit(1, 1, 'x\n'), edit(1, 1, 'y\n')])).toBe('a\nx\ny\n'));
  test('count UTF-16 units and any line end', () => {
    const at = { range: { start: { line: 1, character: 3 }, end: { line: 1, character: 3 } }, newText: '!' };
    expect(applyEdits('a\r\n# 😀\rb', [{ ...at, range: { start: { line: 1, character: 4 }, end: { line: 1, character: 4 } } }])).toBe('a\r\n# 😀!\rb');
    expect(applyEdits('a', [edit(5, 5, '\nb')])).toBe('a\nb');
  });
  test('are found in both forms of a WorkspaceEdit', () => {
    expect(editsOf(null)).toEqual([]);
    expect(editsOf({ changes: { u: [edit(0, 0, 'x')] } })).toHaveLength(1);
    expect(editsOf({ documentChanges: [{ textDocument: { uri: 'u' }, edits: [edit(0, 0, 'x')] }] })).toHaveLength(1);
  });
  test('move what stands below them', () => {
    expect(movedTo(3, [edit(0, 0, 'import x\nimport y\n'), edit(4, 4, 'code\n')])).toBe(5);
    expect(movedTo(3, [edit(3, 3, 'x\n')])).toBe(4);
    expect(movedTo(3, [edit(0, 2, '')])).toBe(1);
    const behind = { range: { start: { line: 3, character: 2 }, end: { line: 3, character: 2 } }, newText: '\ncode' };
    expect(movedTo(3, [behind])).toBe(3);
  });
  test('say which lines the last of them wrote', () => {
    expect(writtenLines('a\n# b\nc\n', [edit(0, 0, 'import x\n'), edit(2, 2, 'one\ntwo\n')])).toEqual([3, 4]);
    expect(writtenLines('# b', [{ ...edit(0, 0, '\none'), range: { start: { line: 0, character: 3 }, end: { line: 0, character: 3 } } }])).toEqual([1, 1]);
    expect(writtenLines('a', [])).toBeUndefined();
  });
});

describe('plan text', () => {
  test('goes there and back', () => {
    const steps = ['open it', 'read it # all of it', 'split it'];
    expect(parsePlan(planText('read\n\na file', ['how to'], steps))).toEqual(steps);
  });
  test('numbers do not matter, white space goes on', () => {
    expect(parsePlan('# head\n\n3. third\n1) first,\n   and more\n- dash\nno number\n')).toEqual(['third', 'first, and more', 'dash', 'no number']);
  });
  test('says where its steps are', () => {
    expect(placedSteps('# head\n\n1. first,\n   and more\n\n2. second\n')).toEqual([{ text: 'first, and more', first: 2, last: 3 }, { text: 'second', first: 5, last: 5 }]);
  });
  test('faults', () => {
    expect(planFault([])).toBe('empty');
    expect(planFault(Array<string>(7).fill('x'))).toBe('long');
    expect(planFault(['x'])).toBeUndefined();
  });
  test('which step a line answers', () => {
    expect(stepOf('    # 2. read it', 3)).toBe(2);
    expect(stepOf('x = 1  // Step 3: add', 3)).toBe(3);
    expect(stepOf('# 4. beyond', 3)).toBeUndefined();
    expect(stepOf('# 1999. year', 3)).toBeUndefined();
    expect(stepOf('x[2]. y', 3)).toBeUndefined();
  });
});

describe('the lines of a step', () => {
  const rows = ['# count the words', 'import re', 'def count(text):', '    words = text.split()', '', '    found = {}', '    for word in words:', '        found[word] = 1', '    return found'];
  test('are found in order, with a blank one between', () => {
    const parts = ['    words = text.split()\n    found = {}\n', '    for word in words:\n        found[word] = 1\n', '    return found\n'];
    expect(stepLines(rows, parts, 1)).toEqual([[3, 5], [6, 7], [8, 8]]);
  });
  test('are none for a step that was changed, and for lines that are gone', () => {
    expect(stepLines(rows, ['words = text.split()', '', 'print(found)'])).toEqual([[3, 3], undefined, undefined]);
  });
  test('are not looked for outside the code', () => {
    expect(stepLines(rows, ['import re'], 2)).toEqual([undefined]);
    expect(stepLines(rows, ['return found'], 0, 7)).toEqual([undefined]);
  });
  test('may begin with a comment that was left out', () => {
    expect(stepLines(rows, ['# all words\nwords = text.split()'])).toEqual([[3, 3]]);
  });
  test('tell which step a line belongs to', () => {
    const steps = [[3, 5], undefined, [8, 8]] as const;
    expect([stepAt(steps, 4), stepAt(steps, 6), stepAt(steps, 8)]).toEqual([0, undefined, 2]);
  });
});

describe('prompt', () => {
  const prompt = {
    system: 'Be brief.\nAlways.',
    user: 'Similar (0.87): read\nimport csv\n\nRequest: read\n\nPlan:\n1. open\n\nCode:',
    sections: [
      { name: 'request' as const, text: 'read', tokens: 1, trimmed: 0 },
      { name: 'example' as const, text: 'import csv', tokens: 2, trimmed: 0 },
      { name: 'plan' as const, text: '1. open', tokens: 3, trimmed: 4 },
    ],
  };
  test('is the exact text', () => {
    expect(promptText(prompt)).toBe(`${prompt.system}\n\n${prompt.user}`);
    expect(promptText({ ...prompt, system: '' })).toBe(prompt.user);
  });
  test('its sections begin at their headings', () => {
    expect(sectionPlaces(prompt).map(({ name, line }) => [name, line])).toEqual([
      ['example', 3],
      ['request', 6],
      ['plan', 8],
    ]);
  });
  test('a section is not found inside another one', () => {
    const sections = [
      { name: 'context' as const, text: 'import csv', tokens: 1, trimmed: 0 },
      { name: 'example' as const, text: 'import csv\nx = 1', tokens: 2, trimmed: 0 },
    ];
    const user = 'Similar: a\nimport csv\nx = 1\n\nIn:\nimport csv\n\nCode:';
    expect(sectionPlaces({ system: '', user, sections }).map(({ name, line }) => [name, line])).toEqual([
      ['example', 0],
      ['context', 4],
    ]);
  });
  test('a section that is not there is left out', () => {
    expect(sectionPlaces({ ...prompt, sections: [{ name: 'plan', text: 'nowhere', tokens: 1, trimmed: 0 }] })).toEqual([]);
  });
});

describe('interpreter', () => {
  test('an answer is found among other output', () => {
    expect(parseProbe('site says hello\n{"python": [3, 12], "planfirst": "0.1.0"}\n')).toEqual({ python: [3, 12], planfirst: '0.1.0' });
    expect(parseProbe('{"python": "3", "planfirst": 1}')).toBeUndefined();
    expect(parseProbe('Python 2.7')).toBeUndefined();
  });
  test.each([
    [undefined, 'none'],
    [{ python: [3, 10] as [number, number], planfirst: '0.1.0' }, 'old'],
    [{ python: [3, 11] as [number, number], planfirst: null }, 'missing'],
    [{ python: [3, 11] as [number, number], planfirst: '0.2.0' }, 'mismatch'],
    [{ python: [3, 14] as [number, number], planfirst: '0.1.9' }, 'usable'],
  ])('%o is %s', (probe, verdict) => expect(judge(probe, '0.1.0')).toBe(verdict));
  test('the best is nearest to usable, the first of equals', () => {
    expect(best(['none', 'missing', 'old', 'missing'])).toBe(1);
    expect(best([])).toBe(-1);
  });
  test('versions', () => {
    expect(compatible('0.1.5', '0.1.0')).toBe(true);
    expect(compatible('1.1.5', '0.1.0')).toBe(false);
    expect(compatible('', '0.1.0')).toBe(false);
  });
});

test('back-off doubles, gives up at the fifth crash, and forgets old ones', () => {
  const backoff = new Backoff(5, 1000, 10);
  expect([0, 1, 2, 3].map((now) => backoff.crashed(now))).toEqual([10, 20, 40, 80]);
  expect(backoff.crashed(4)).toBeUndefined();
  expect(backoff.crashed(5000)).toBe(10);
  backoff.reset();
  expect(backoff.crashed(5001)).toBe(10);
});

test('a meter counts what one stage writes', () => {
  const meter = new Meter();
  meter.take({ kind: 'stage', stage: 'plan' }, 0);
  expect(meter.rate).toBeUndefined();
  expect([meter.waiting(1999), meter.waiting(2500), meter.waiting(61_000)]).toEqual([undefined, 2, 61]);
  ['1', '. ', 'a\n2. ', 'b'].forEach((text, n) => meter.take({ kind: 'text', stage: 'plan', text }, 1000 + n * 100));
  expect(meter.rate).toBeCloseTo((2 + 5 + 1) / 3.5 / 0.3);
  expect(meter.waiting(61_000)).toBeUndefined();
  expect(meter.lastLine(20)).toBe('2. b');
  expect(meter.lastLine(3)).toBe('2.…');
  meter.take({ kind: 'stage', stage: 'plan', ms: 3 }, 2000);
  expect(meter.text).not.toBe('');
  meter.take({ kind: 'stage', stage: 'generate' }, 2000);
  expect([meter.text, meter.rate, meter.stage]).toEqual(['', undefined, 'generate']);
});

test('lines move with what is put in or taken out above them', () => {
  expect(shifted(3, { line: 5, removed: 0, added: 2 })).toBe(3);
  expect(shifted(5, { line: 3, removed: 0, added: 2 })).toBe(7);
  expect(shifted(5, { line: 3, removed: 1, added: 0 })).toBe(4);
  expect(shifted(4, { line: 3, removed: 3, added: 0 })).toBeUndefined();
});

test('Markdown shows text as it is, and a link carries its arguments', () => {
  expect(escapeMarkdown('a*b [c](d) `e` <f> $(g)')).toBe('a\\*b \\[c\\]\\(d\\) \\`e\\` \\<f\\> \\$\\(g\\)');
  const link = commandLink('Go (now)', 'planfirst.plan', [{ uri: 'file:///a b/한)', n: 1 }]);
  const query = /^\[Go \\\(now\\\)\]\(command:planfirst\.plan\?(.*)\)$/.exec(link)?.[1] ?? '';
  expect(JSON.parse(decodeURIComponent(query))).toEqual([{ uri: 'file:///a b/한)', n: 1 }]);
});

test('progress lines are read, others are not', () => {
  expect(parseProgress('{"done": 3, "total": 9}')).toEqual({ done: 3, total: 9 });
  expect(parseProgress('{"done": 3, "to')).toBeUndefined();
  expect(parseProgress('Fetching')).toBeUndefined();
});

test.each([[null], [3], [[]], ['x']])('settings that are %o are none', (value) => expect(serverSettings(value)).toEqual({}));
test('the extension keeps its own settings from the server', () => {
  expect(serverSettings({ server: { interpreter: 'x' }, planner: { model: 'y' } })).toEqual({ planner: { model: 'y' } });
});
