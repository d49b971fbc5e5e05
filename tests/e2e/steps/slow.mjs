// With a model that takes its time: watch, cancel, two at once, a server killed in the middle.
import fs from 'node:fs';
import path from 'node:path';

import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { ROOT, until } from '../workbench.mjs';

export default async function (w) {
  const { ready, askByKey, serverPid, original } = handsOf(w);

  await w.step('slow-model', async () => {
    await w.session('slow', {
      settings: {
        'planfirst.planner.model': path.join(ROOT, 'slow.gguf'),
        'planfirst.generator.maxTokens': 2000,
        'planfirst.planner.context': 8192,
      },
    });
    await ready('slow');
  });

  await w.step('watch', async () => {
    await askByKey('read a csv file');
    const toast = w.vs.toast('read a csv file');
    const said = await until('text as it comes', async () => {
      const text = (await toast.innerText()).replace(/\u00a0/g, ' ');
      return /Writing the (plan|code)[\s\S]*tokens\/s/.test(text) && text;
    }, 240_000); // a busy machine takes its time to read the prompt, and the next steps need the text
    await until('the status bar to say what is done', async () => /Writing the (plan|code)[\s\S]*tokens\/s/.test(await w.vs.statusBar()));
    return said.split('\n').slice(0, 3);
  });

  await w.step('cancel', async () => {
    const cancel = w.vs.toast('read a csv file').locator('.monaco-button', { hasText: 'Cancel' });
    await cancel.waitFor();
    const begun = Date.now();
    await cancel.click();
    await ready('slow');
    const took = Date.now() - begun;
    check(took < 1500, `it took ${took} ms`); // half a second for us, the rest for a busy machine that draws in software
    await w.vs.noToast('read a csv file');
    check((await w.page.locator('.monaco-diff-editor').count()) === 0, 'a preview came all the same');
    check(fs.readFileSync(w.vs.file('stock.py'), 'utf8') === original, 'the file changed');
    return `${took} ms`;
  });

  await w.step('two-at-once', async () => {
    await askByKey('flatten a nested');
    await w.vs.toast('flatten a nested').waitFor();
    await askByKey('read a csv file');
    await w.vs.toast('read a csv file').waitFor();
    await askByKey('flatten a nested');
    await w.vs.toast('already working on this comment').waitFor();
  });

  await w.step('cancel-all', async () => {
    await w.vs.command('Planfirst: Cancel Running Work');
    await ready('slow');
    await w.vs.noToast('Generate “');
  });

  await w.step('server-killed-while-it-writes', async () => {
    await w.vs.clearToasts();
    await askByKey('flatten a nested');
    await w.vs.toast('flatten a nested').waitFor();
    await until('text', async () => /Writing/.test(await w.vs.toast('flatten a nested').innerText()));
    process.kill(serverPid(), 'SIGKILL');
    const toast = w.vs.toast('ended while it was working');
    await toast.waitFor();
    await ready('slow');
    check(fs.readFileSync(w.vs.file('stock.py'), 'utf8') === original, 'the file changed');
    return toast.innerText();
  });
}
