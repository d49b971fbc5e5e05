// What is fetched, sent and cleared: a download, a server of one's own, a store that is built and emptied.
import fs from 'node:fs';
import path from 'node:path';

import { handsOf } from '../hands.mjs';
import { completions, environmentThatKnows, hub } from '../lookalikes.mjs';
import { check } from '../step.mjs';
import { MODEL, ROOT, until } from '../workbench.mjs';

export default async function (w) {
  const { ready, calm, chooseFile, askByKey } = handsOf(w);
  let practice; // a hub
  let coder; // an OpenAI-compatible server
  w.finally(() => practice?.stop());
  w.finally(() => coder?.stop());

  if (MODEL === 'starter') {
    await w.step('a-first-model-is-offered-once', async () => {
      await w.session('offer', { settings: { 'planfirst.planner.model': 'auto' } });
      const toast = w.vs.toast('which only carries the examples it finds over');
      const button = (label) => toast.locator('.monaco-button', { hasText: label });
      await button(/^Get qwen2\.5-coder-\d\.5b \(.+B\)$/).waitFor();
      const said = (await toast.innerText()).replace(/\s+/g, ' ');
      await button('Not Now').click();
      await w.vs.command('Planfirst: Restart Server');
      await ready('auto');
      check((await toast.count()) === 0, 'it is offered again');
      return said;
    });
  }

  await w.step('download-a-model', async () => {
    practice = await hub(path.join(ROOT, 'slow.gguf'));
    const known = { name: 'practice', file: 'practice.gguf', size: fs.statSync(path.join(ROOT, 'slow.gguf')).size };
    await w.session('practice', {
      settings: {
        'planfirst.server.interpreter': environmentThatKnows(path.join(w.out, 'environment-practice'), known),
        'planfirst.retriever.corpora': ['cookbook'],
        'planfirst.generator.maxTokens': 16,
      },
      env: { HF_ENDPOINT: practice.url, HF_HUB_OFFLINE: '0' },
    });
    await ready();
    await w.vs.command('Planfirst: Choose Model');
    await w.vs.choose(w.vs.picks().filter({ hasText: 'practice' }).first());
    const toast = w.vs.toast('Downloading practice');
    return until('megabytes', async () => /[1-9]\d* of \d+ MB/.exec(await toast.innerText())?.[0]);
  });

  await w.step('pause-the-download', async () => {
    await w.vs.toast('Downloading practice').locator('.monaco-button', { hasText: 'Cancel' }).click();
    const toast = w.vs.toast('The download of practice is paused');
    await toast.waitFor();
    return toast.innerText();
  });

  await w.step('resume-the-download', async () => {
    await w.vs.toast('The download of practice is paused').locator('.monaco-button', { hasText: 'Resume' }).click();
    await w.vs.toast('The model practice is installed').locator('.monaco-button', { hasText: 'Use It' }).click();
    check(practice.begins.length === 2 && practice.begins[1] > 0, `it began at ${practice.begins}`);
    await w.vs.choose(w.vs.picks().filter({ hasText: 'For code only' }).first());
    await ready('practice');
    return practice.begins;
  });

  await w.step('use-a-server-of-ones-own', async () => {
    const input = w.vs.visible('.quick-input-widget input.input').first();
    const answer = async (question, text) => {
      await until(question, async () => (await w.page.locator('.quick-input-widget').innerText()).includes(question));
      await input.fill(text);
      await w.vs.shot(`endpoint-${question.toLowerCase().replace(/ /g, '-')}`);
      await w.page.keyboard.press('Enter');
    };
    coder = await completions();
    await w.vs.command('Planfirst: Use an OpenAI-Compatible Server');
    await answer('Base URL', `${coder.url}/v1`);
    await w.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Allow 127.0.0.2' }).first().click();
    await answer('The name of the model', 'warehouse-coder');
    await answer('Its key', 'sk-warehouse-secret');
    const toast = w.vs.toast('with warehouse-coder at 127.0.0.2');
    await toast.waitFor();
    await ready('warehouse-coder');
    check(coder.keys.length > 0 && coder.keys.every((key) => key === 'Bearer sk-warehouse-secret'), `keys: ${coder.keys}`);
    for (const scope of ['Machine', 'User']) {
      check(!fs.readFileSync(path.join(w.vs.out, 'user', scope, 'settings.json'), 'utf8').includes('secret'), 'the key stands in the settings');
    }
    return toast.innerText();
  });

  await w.step('add-a-file-to-the-store', async () => {
    await calm();
    fs.writeFileSync(w.vs.file('pots.jsonl'), `${JSON.stringify({ question: 'count the pots on the shelf', code: 'def count_pots(shelf):\n    return len(shelf.pots)\n' })}\n`);
    await w.vs.command('Planfirst: Add File to Store of Examples');
    await chooseFile(w.vs.file('pots.jsonl'));
    const toast = w.vs.toast('the store has');
    await toast.waitFor();
    return toast.innerText();
  });

  await w.step('build-the-store', async () => {
    await calm();
    await w.vs.command('Planfirst: Build Store of Examples');
    const toast = w.vs.toast('the store has');
    await toast.waitFor();
    return toast.innerText();
  });

  await w.step('clear-the-store', async () => {
    await calm();
    await w.vs.command('Planfirst: Remove from Store of Examples');
    await w.vs.choose(w.vs.picks().filter({ hasText: 'All of them' }).first());
    await w.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Remove' }).first().click();
    await w.vs.toast('the store is empty').waitFor();
    await w.vs.clearToasts();
    await askByKey('flatten a nested');
    const toast = w.vs.toast('Build the store').locator('.monaco-button', { hasText: 'Build the store' });
    await toast.waitFor();
    await w.vs.titleAction('Reject').click();
  });
}
