// A conversation in the terminal, with the server's own interpreter.
import { handsOf } from '../hands.mjs';
import { MODEL, until } from '../workbench.mjs';

const QUESTION = 'What does zip(*rows) do in Python? Answer in two sentences.';

export default async function (w) {
  const { calm } = handsOf(w);
  const said = async () => (await w.page.locator('.xterm-rows').last().innerText()).replace(/\u00a0/g, ' ');
  const says = (text) => until(`"${text}" in the terminal`, async () => (await said()).includes(text), 240_000);

  await w.step('chat-in-the-terminal', async () => {
    await calm();
    await w.vs.command('Planfirst: Chat in the Terminal');
    if (MODEL === 'starter') {
      await until('a terminal that has ended', async () => (await w.page.locator('.xterm-rows').count()) === 0 || /starter/.test(await said()));
      return 'the starter holds no conversation';
    }
    await says('Ctrl-C stops an answer');
    await w.page.keyboard.type(QUESTION);
    await w.page.keyboard.press('Enter');
    await until('the whole answer', async () => /zip[\s\S]*\n> *$/.test((await said()).trimEnd().concat('\n> ')) && /\n>\s*$/.test(await said()), 240_000);
    return said();
  });

  await w.step('chat-ends', async () => {
    if (MODEL === 'starter') return 'it has ended';
    await w.page.keyboard.type('/quit');
    await w.page.keyboard.press('Enter');
    await until('no terminal', async () => (await w.page.locator('.xterm-rows').count()) === 0);
    return 'the terminal is closed';
  });
}
