import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

import type { Answer, ChatModel } from '../src/protocol.js';
import { TASKS } from '../src/protocol.js';
import { anchorOf, relocate } from '../src/pure/anchor.js';
import { answerText, fenced, linesAt, modelDetail, noticeText } from '../src/pure/chatText.js';
import { conversationOf, messagesOf, textOf, toolOf } from '../src/pure/conversation.js';
import { inert, InertText } from '../src/pure/inert.js';

const t = (text: string, ...values: (string | number)[]): string => text.replace(/\{(\d)\}/g, (_, n) => String(values[Number(n)]));
const root = join(import.meta.dirname, '..');

describe('text of a model', () => {
  test.each([
    ['an image becomes a link', 'see ![x](https://e.test/?a)', 'see !\u200b[x](https://e.test/?a)'],
    ['code stays as it is', '```rust\nvec![1]\n```\n![x](y)', '```rust\nvec![1]\n```\n!\u200b[x](y)'],
    ['a shorter fence ends nothing', '````\n```\n![\n````\n![', '````\n```\n![\n````\n!\u200b['],
    ['a fence with words behind ends nothing', '~~~\n~~~ x\n![\n~~~\n![', '~~~\n~~~ x\n![\n~~~\n!\u200b['],
    ['a fence in a quotation is none', '> ```\n![', '> ```\n!\u200b['],
    ['backticks in a line are no fence', '``` a ``` b\n![', '``` a ``` b\n!\u200b['],
    ['a mark stays a mark', 'Hi! [x](y) !!', 'Hi! [x](y) !!'],
  ])('%s', (_, text, shown) => {
    expect(inert(text)).toBe(shown);
    const stream = new InertText();
    expect([...text].map((piece) => stream.take(piece)).join('') + stream.end()).toBe(shown);
  });
});

describe('a conversation', () => {
  test('of the editor becomes messages', () => {
    const text = (value: string) => ({ value });
    const said = conversationOf([
      { role: 3, content: [text('Be brief.')] },
      { role: 1, content: [text('a'), text('b')] },
      { role: 2, content: 'c' },
      { role: 1, content: [{ callId: '1', content: [text('found')] }, { data: new Uint8Array(1), mimeType: 'image/png' }] },
    ]);
    expect(said.system).toBe('Be brief.');
    expect(said.messages).toEqual([
      { role: 'user', text: 'ab' },
      { role: 'assistant', text: 'c' },
      { role: 'user', text: '[something that is no text was left out]', results: [{ id: '1', text: 'found' }] },
    ]);
  });
  test('survives what it does not know', () => {
    for (const content of [undefined, null, 1, {}, [null]]) {
      expect(textOf(content)).toBe('[something that is no text was left out]');
    }
  });
  test('goes on with what was sent, not with what was shown', () => {
    expect(
      messagesOf([
        { by: 'user', prompt: 'add', command: 'generate' },
        { by: 'us', shown: 'code' },
        { by: 'user', prompt: 'why?', command: '' },
        { by: 'us', shown: '> note\nbecause', sent: 'why?\n\na.py', text: 'because' },
        { by: 'user', prompt: 'stopped', command: '' },
        { by: 'us', shown: ' ' },
        { by: 'user', prompt: 'lost', command: '' },
      ]),
    ).toEqual([
      { role: 'user', text: '/generate add' },
      { role: 'assistant', text: 'code' },
      { role: 'user', text: 'why?\n\na.py' },
      { role: 'assistant', text: 'because' },
    ]);
  });
});

describe('an answer', () => {
  const example = { question: 'read a [file](command:x)', code: '', score: 0.91, match: 'close match', source: 'cookbook', licence: 'Apache-2.0', place: 'io.toml#read', used: true };
  const answer: Answer = {
    request: 'read', examples: [example], plan: ['Open ![it](http://e.test)'], parts: [], planner: '', prompt: null, code: 'x = 1\n', model: 'm',
    notices: [{ code: 'store-missing', text: 'No *store*.' }, { code: 'example-not-close', text: 'quiet' }],
    timingsMs: {}, tokensPerSecond: 0, edit: null,
    verdict: { status: 'passed', check: '', output: '', held: 1, of: 1, ran: true, placed: true, needs: '', attempts: 1, how: '' },
  };

  test('names the example with its score and licence, and nothing of it works', () => {
    const text = answerText(answer, 'generate', 'python', t);
    expect(text).toContain('close match, score 0\\.91');
    expect(text).toContain('cookbook · Apache\\-2\\.0 · io\\.toml\\#read');
    expect(text).toContain('```python\nx = 1\n```');
    expect(text).toContain('**Passed: 1 of 1 checks hold**');
    expect(text).toContain('> No \\*store\\*\\.');
    expect(text).not.toContain('quiet');
    expect(text).not.toMatch(/[^\\]\]\(/);
  });
  test('of a plan has no code, and says when no example was used', () => {
    const text = answerText({ ...answer, examples: [{ ...example, used: false }] }, 'plan', 'python', t);
    expect(text).not.toContain('```');
    expect(text).toContain('No similar question was close enough');
  });
  test('of a prompt is the prompt', () => {
    const prompt = { system: 'You code.', user: 'Do `it`.', sections: [] };
    expect(answerText({ ...answer, prompt }, 'prompt', 'python', t)).toContain('```text\nYou code.\n\nDo `it`.\n```');
  });
  test('stays in its fence', () => {
    expect(fenced('a\n```\nb', 'x y`')).toBe('````\na\n```\nb\n````');
    expect(noticeText({ code: 'c', text: 'a\nb' })).toBe('> a b');
  });
});

test('a model says where it runs', () => {
  const model: ChatModel = { id: 'a', name: 'a', inUse: true, isLocal: true, promptTokens: 1, answerTokens: 1, size: 5e8, licence: 'MIT', tools: false };
  expect(modelDetail(model, t)).toBe('in use · 500 MB · MIT');
  expect(modelDetail({ ...model, inUse: false, isLocal: false, licence: '' }, t)).toBe('your server');
});

test('a typed request has a place that can be found again', () => {
  const text = 'import os\n\n\nx = 1\n';
  expect(linesAt(text.split('\n'), 2)).toEqual({ first: 0, last: 2 });
  expect(linesAt(text.split('\n'), 99)).toEqual({ first: 3, last: 4 });
  expect(linesAt(['', 'x'], 0)).toEqual({ first: 0, last: 0 });
  expect(linesAt([''], 0)).toEqual({ first: 0, last: 0 });
  expect(relocate(`# new\n${text}`, anchorOf(text, 0, 2))).toBeUndefined();
  expect(relocate(text.replace('x = 1', 'x = 1\ny = 2'), anchorOf(text, 0, 2))).toBe(0);
  expect(relocate('', anchorOf('', 0, 0))).toBe(0);
  expect(relocate('x', anchorOf('', 0, 0))).toBeUndefined();
});

describe('the manifest', () => {
  const { contributes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    contributes: { chatParticipants: { id: string; commands: { name: string }[] }[]; languageModelChatProviders: { vendor: string }[] };
  };
  const source = (name: string): string => readFileSync(join(root, 'src', 'chat', name), 'utf8');

  test('names what is registered', () => {
    expect(contributes.chatParticipants.map(({ id }) => id)).toEqual([/ID = '(.*?)'/.exec(source('participant.ts'))?.[1]]);
    expect(contributes.languageModelChatProviders.map(({ vendor }) => vendor)).toEqual([/VENDOR = '(.*?)'/.exec(source('provider.ts'))?.[1]]);
  });
  test('has every command that is answered', () => {
    const commands = contributes.chatParticipants.flatMap((one) => one.commands.map(({ name }) => name));
    expect(commands.sort()).toEqual(['generate', 'index', 'plan', 'prompt', ...TASKS].sort());
  });
});

describe('tools', () => {
  const call = { callId: '7', name: 'weather', input: { city: 'Seoul' } };
  test('calls and results are told from text', () => {
    const { messages } = conversationOf([
      { role: 1, content: [{ value: 'Seoul?' }] },
      { role: 2, content: [{ value: 'I look.' }, call] },
      { role: 1, content: [{ callId: '7', content: [{ value: 'rain' }] }] },
    ]);
    expect(messages).toEqual([
      { role: 'user', text: 'Seoul?' },
      { role: 'assistant', text: 'I look.', calls: [{ id: '7', name: 'weather', input: { city: 'Seoul' } }] },
      { role: 'user', text: '', results: [{ id: '7', text: 'rain' }] },
    ]);
  });
  test('a tool without a schema takes anything', () => {
    expect(toolOf({ name: 'now', description: 'The time.' })).toEqual({ name: 'now', about: 'The time.', schema: {} });
  });
});
