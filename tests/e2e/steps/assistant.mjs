// The chat of the editor, which opens without any account: the models in its picker, and @planfirst.
import { handsOf } from '../hands.mjs';
import { check } from '../walker.mjs';
import { MODEL, until } from '../workbench.mjs';

const SETTINGS = {
  'chat.disableAIFeatures': false,
  'chat.agentHost.enabled': false, // it wants an account, and extensions wait for it
  'chat.agent.enabled': false, // our models call no tools
  'chat.mcp.autostart': 'never', // else a first message waits for the tools, which nobody asks for here
};

export default async function (w) {
  const { ready } = handsOf(w);
  const session = () => w.page.locator('.interactive-session').first();
  const said = async () => (await session().innerText()).replace(/\u00a0/g, ' ').replace(/\u200b/g, '');
  const send = async (text) => {
    await w.page.locator('.interactive-input-editor .monaco-editor, .chat-input-container .monaco-editor').first().click();
    await w.page.keyboard.type(`${text} `); // behind a space, no list of suggestions takes the Enter
    await w.page.keyboard.press('Enter');
  };

  await w.step('assistant-opens', async () => {
    await w.session('assistant', { settings: SETTINGS });
    await ready();
    await w.vs.click('total = 0');
    await w.vs.command('Chat: Open Chat');
    await session().waitFor();
    if (MODEL === 'starter') return 'the starter is not offered';
    return until('the model in the picker', async () => (await said()).includes(MODEL) && (await said()));
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
    const wanted = MODEL === 'starter' ? /cannot hold a conversation/ : /Used 1 reference[\s\S]{160}/;
    return until('an explanation', async () => wanted.test(await said()) && (await said()));
  });
}
