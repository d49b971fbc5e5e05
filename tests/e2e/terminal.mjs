// Talks with `planfirst chat` in a terminal, by keyboard. Usage: node terminal.mjs OUT. Needs $PLANFIRST_HOME with a store in it.
import path from 'node:path';

import { Steps, check, numbered } from './step.mjs';
import { IS_REAL, prepared, settings } from './talker.mjs';
import { REPOSITORY, until } from './workbench.mjs';
import { terminal } from './xterm.mjs';

const REQUEST = 'the longest common prefix of some strings';
const QUESTION = 'What does your last code return for an empty list?';
const LONG = 'Explain every line of it, and show another way to write it.';
const PATIENCE = 300_000;

const out = path.resolve(process.argv[2]);
const data = prepared(out);
const steps = new Steps('terminal');
const shotFile = numbered(path.join(out, 'shots'));
// A made model ends no plan and no code by itself.
const more = IS_REAL ? {} : { 'planner.maxTokens': 40, 'generator.maxTokens': 40 };
const t = await terminal(path.join(REPOSITORY, '.venv/bin/planfirst'), ['chat', ...settings(more)], {
  columns: 100,
  rows: 48,
  cwd: data, // no project, so no code of one is found
  env: { ...process.env, PLANFIRST_HOME: data, COLORTERM: 'truecolor' },
});
const step = (name, action) => steps.take(name, action, () => t.shot(shotFile(name)));

/** One for each message that was typed, and one for the next. */
const prompts = async () => (await t.text()).split('\n').filter((line) => /^> ?/.test(line)).length;
/** Sends a message, and gives what is written until the next one can be typed. */
async function sent(message) {
  const before = await t.text();
  const count = await prompts();
  await t.type(message);
  await t.press('Enter');
  await until('the next prompt', async () => (await prompts()) === count + 1 && /\n>$/.test(await t.text()), PATIENCE);
  return (await t.text()).slice(before.length);
}

try {
  await step('greeting', () => t.says(/Ctrl-D leaves\.[\s\S]*\n>$/, PATIENCE));

  await step('generate', async () => {
    const said = await sent(`/generate ${REQUEST}`);
    check(/score 0\.\d\d \([\s\S]*Apache-2\.0/.test(said), said);
    if (IS_REAL) check(/\n +1 \w[\s\S]*\n +def \w+\(/.test(said), said);
    return said;
  });

  await step('question', async () => {
    const said = await sent(QUESTION);
    check(said.length > QUESTION.length + 80, said);
    return said;
  });

  await step('set', async () => {
    const said = await sent('/set maxTokens 1000');
    check(/maxTokens +1000/.test(said), said);
    return said;
  });

  await step('ctrl-c-stops-the-answer', async () => {
    const before = (await t.text()).length;
    await t.type(LONG);
    await t.press('Enter');
    await until('its first words', async () => (await t.text()).length > before + LONG.length + 40, PATIENCE);
    await t.press('Control+c');
    return (await t.says(/Stopped\. What was written is kept\.\s+>$/, PATIENCE)).slice(before);
  });

  await step('two-lines-in-one-message', async () => {
    await t.type('Two numbers:');
    await t.press('Alt+Enter');
    const said = await sent('one and two.');
    check(/… one and two\./.test(await t.text()), said);
  });

  await step('history-and-leaving-it', async () => {
    await t.press('ArrowUp');
    await t.says(/> Two numbers:\n… one and two\.$/);
    await t.press('Control+c');
    return t.says(/Nothing is being written[\s\S]*\n>$/);
  });

  await step('ctrl-d-leaves', async () => {
    await t.press('Control+d');
    check((await t.ended) === 0, 'it ended with an error');
  });
} finally {
  await t.stop();
}
process.exit(steps.conclude(path.join(out, 'shots')));
