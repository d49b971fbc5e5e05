// The chat of the editor, which opens without any account: the models in its picker, and @planfirst.
import fs from 'node:fs';
import path from 'node:path';

import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { MODEL, ROOT, until } from '../workbench.mjs';

const SETTINGS = {
  'chat.disableAIFeatures': false,
  'chat.agentHost.enabled': false, // it wants an account, and extensions wait for it
  'chat.agent.enabled': false, // it would take what is asked here for work
  'planfirst.planner.maxTokens': 40, // so that all of an answer is in sight: what is not, the chat takes out of the page
  'planfirst.chat.maxTokens': 170,
  'chat.mcp.autostart': 'never', // else a first message waits for the tools, which nobody asks for here
};

const TALKER = 'talker'; // a made model, which writes nonsense

export default async function (w) {
  const { ready } = handsOf(w);
  const session = () => w.page.locator('.interactive-session').first();
  const said = async () => (await session().innerText()).replace(/\u00a0/g, ' ').replace(/\u200b/g, '');
  const ended = () => until('the end of the answer', async () => !/\bWorking\b/.test(await said())); // what is sent before waits in line
  const focus = () => w.page.locator('.interactive-input-editor .monaco-editor, .chat-input-container .monaco-editor').first().click();
  const send = async (text) => {
    await focus();
    await w.page.keyboard.type(`${text} `); // behind a space, no list of suggestions takes the Enter
    await w.page.keyboard.press('Enter');
  };

  await w.step('assistant-opens', async () => {
    await w.session('assistant', { settings: SETTINGS }, () => {
      fs.mkdirSync(path.join(w.vs.data, 'models'), { recursive: true });
      fs.copyFileSync(path.join(ROOT, 'slow.gguf'), path.join(w.vs.data, 'models', `${TALKER}.gguf`));
    });
    await ready();
    await w.vs.click('total = 0');
    await w.vs.command('Chat: Open Chat');
    await session().waitFor();
    const offered = MODEL === 'starter' ? TALKER : MODEL; // the starter holds no conversation
    return until('the model in the picker', async () => (await said()).includes(offered) && (await said()));
  });

  await w.step('assistant-generates', async () => {
    await send('@planfirst /generate split a list into chunks of equal size');
    await session().locator('.monaco-button', { hasText: 'Show as Diff' }).first().waitFor();
    const text = await said();
    check(/score 0\.\d\d/.test(text) && /Apache-2\.0/.test(text), text);
    return text;
  });

  await w.step('assistant-shows-the-diff', async () => {
    await session().locator('.monaco-button', { hasText: 'Show as Diff' }).first().click();
    await w.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    return w.vs.line(/# split a list into chunks of equal size/);
  });

  await w.step('assistant-explains', async () => {
    await send('/explain'); // the participant stays in the input
    const wanted = /Used 1 reference[\s\S]{160}/; // by the model of the picker
    const text = await until('an explanation', async () => wanted.test(await said()) && (await said()));
    await ended();
    return text;
  });

  await w.step('assistant-summarises', async () => {
    await send('/summarise');
    await until('a summary', async () => /Read: all of stock\.py/.test(await said()));
    await ended();
    return (await said()).slice(-600);
  });

  await w.step('the-picker-has-the-models-of-this-machine', async () => {
    await w.page.locator('.model-picker-name, [aria-label^="Models"]').first().click();
    const rows = w.page.locator('.action-widget .monaco-list-row');
    await rows.first().waitFor();
    const others = rows.filter({ hasText: 'Other Models' }); // where more than one can be chosen, they are folded away
    if ((await others.count()) > 0) await others.first().click();
    const row = rows.filter({ hasText: TALKER }).first();
    await row.waitFor();
    await row.click();
    await until('the model in the picker', async () => (await w.page.locator('[aria-label^="Models"]').first().innerText()).includes(TALKER));
  });

  await w.step('without-the-participant-this-editor-wants-an-account', async () => {
    await focus();
    await w.page.keyboard.press('Control+a'); // the participant, which stays in the input
    await w.page.keyboard.press('Backspace');
    await send('Hello');
    const question = w.page.getByText('Sign in to use GitHub Copilot').first(); // a release that answers instead makes this step fail
    await question.waitFor();
    return question.innerText();
  });
}
