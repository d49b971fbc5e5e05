// See before keeping: the preview by key, try again, reject, and a document that changes meanwhile.
import fs from 'node:fs';

import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { until } from '../workbench.mjs';

export default async function (w) {
  const { ready, calm, askByKey, written, noDiff, original } = handsOf(w);

  await w.step('generate-by-key', async () => {
    await calm();
    await askByKey('Turn a title');
  });

  await w.step('preview-of-a-function-body', async () => {
    await written();
    return (await w.vs.lines('.monaco-diff-editor .editor.modified .monaco-editor')).slice(8, 20);
  });

  await w.step('status-bar-says-tokens-per-second', async () => {
    await ready();
    return until('tokens/s in the status bar', async () => /[\d.]+ tokens\/s/.exec(await w.vs.statusBar())?.[0]);
  });

  await w.step('try-again-writes-something', async () => {
    await w.vs.noToast('Generate “');
    const shown = () => w.page.locator('.monaco-diff-editor .editor.modified .monaco-editor').first().getAttribute('data-uri');
    const [first, before] = [await shown(), await w.vs.lines('.monaco-diff-editor .editor.modified .monaco-editor')];
    await w.vs.titleAction('Try Again').click();
    await until('another preview', async () => (await shown()) !== first);
    await ready();
    await w.vs.noToast('Generate “');
    await written();
    await until('one preview', async () => (await w.page.locator('.tab', { hasText: 'code for' }).count()) === 1);
    const after = await w.vs.lines('.monaco-diff-editor .editor.modified .monaco-editor');
    return before.join() === after.join() ? 'the same text' : 'another text';
  });

  await w.step('reject-leaves-the-file', async () => {
    await w.vs.titleAction('Reject').click();
    await noDiff();
    check((await w.page.locator('.tab.dirty').count()) === 0, 'the file counts as changed');
    check(fs.readFileSync(w.vs.file('stock.py'), 'utf8') === original, 'the file changed');
  });

  await w.step('the-code-follows-its-comment', async () => {
    await calm();
    await askByKey('flatten a nested');
    await written();
    await w.vs.openFile('stock.py');
    await w.vs.lens('Code is ready').waitFor();
    await w.vs.shot('lens-of-a-waiting-preview');
    await w.vs.click('Reads what');
    await w.page.keyboard.press('Home');
    await w.page.keyboard.type('# put in while the preview waited\n\n');
    await w.vs.line(/put in while/);
    await w.vs.lens('Accept').click();
    await until('no lens', async () => (await w.vs.lens('Code is ready').count()) === 0);
    return until('the code under its comment', async () => {
      const lines = await w.vs.lines();
      const at = lines.findIndex((line) => /in the order of its items/.test(line));
      return at >= 0 && lines[at + 1]?.trim() && /put in while/.test(lines[0]) ? lines.slice(at, at + 4) : undefined;
    });
  });

  await w.step('refused-when-the-comment-changed', async () => {
    await w.page.keyboard.press('Control+z');
    await w.page.keyboard.press('Control+z');
    await calm();
    await askByKey('flatten a nested');
    await written();
    await w.vs.openFile('stock.py');
    await w.vs.click('in the order');
    await w.page.keyboard.press('End');
    await w.page.keyboard.type(' from last to first');
    await w.vs.lens('Accept').click();
    await w.vs.toast('It is kept here').waitFor();
    await w.vs.visible('.tab.active').filter({ hasText: 'Untitled' }).first().waitFor();
    return (await w.vs.lines()).slice(0, 4);
  });
}
