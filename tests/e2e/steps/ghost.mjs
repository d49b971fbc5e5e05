// Code that is only added as ghost text: seen, dropped, kept, undone, and a diff for one who has gone on working.
import fs from 'node:fs';

import { handsOf } from '../hands.mjs';
import { check } from '../walker.mjs';
import { until } from '../workbench.mjs';

export default async function (w) {
  const { ready, askByKey, written, original } = handsOf(w);

  const offer = () => w.page.locator('.statusbar-item', { hasText: 'Tab keeps it' });
  /** The ghost text below the line of the cursor, which the editor draws apart from the document's lines. */
  const ghost = () => until('ghost text', async () => (await w.page.locator('.monaco-editor .suggest-preview-text').allInnerTexts()).join('\n').trim());
  const document = () => w.vs.lines().then((lines) => lines.join('\n'));

  async function asked() {
    await askByKey('read a csv file');
    await offer().waitFor();
    return ghost();
  }

  await w.step('ghost-text', async () => {
    await w.session('ghost', { settings: { 'planfirst.editor.preview': 'ghost' } });
    await ready();
    const shown = await asked();
    await w.vs.lens('Code is ready').waitFor();
    check(/csv/.test(shown), `that is no code for it: ${shown}`);
    check((await w.page.locator('.monaco-diff-editor').count()) === 0, 'there is a diff as well');
    check((await w.page.locator('.tab.dirty').count()) === 0, 'the file counts as changed');
    return [await offer().innerText(), ...shown.split('\n')];
  });

  await w.step('escape-drops-it', async () => {
    await w.page.keyboard.press('Escape');
    await offer().waitFor({ state: 'hidden' });
    await until('no lens', async () => (await w.vs.lens('Code is ready').count()) === 0);
    await until('no ghost text', async () => (await w.page.locator('.monaco-editor .suggest-preview-text').count()) === 0);
    check((await w.page.locator('.tab.dirty').count()) === 0, 'the file counts as changed');
  });

  await w.step('it-comes-back-with-the-cursor', async () => {
    await asked();
    await w.vs.click('total = 0');
    await offer().waitFor({ state: 'hidden' });
    await w.vs.click('read a csv file');
    await w.page.keyboard.press('End');
    await offer().waitFor();
    return (await ghost()).split('\n');
  });

  await w.step('tab-keeps-it-with-its-imports', async () => {
    await w.page.keyboard.press('Tab');
    await w.vs.line(/^import csv/);
    await until('no lens', async () => (await w.vs.lens('Code is ready').count()) === 0);
    check((await offer().count()) === 0, 'it is still offered');
    return until('code below the comment', async () => {
      const lines = await w.vs.lines();
      const at = lines.findIndex((line) => /read a csv file/.test(line));
      return at >= 0 && lines[at + 1]?.trim() ? lines.slice(0, at + 6) : undefined;
    });
  });

  await w.step('undo-of-ghost-text-is-one-step', async () => {
    await w.page.keyboard.press('Control+z');
    await until('no import', async () => !/import csv/.test(await document()));
    await w.page.keyboard.press('Control+s');
    await until('no unsaved mark', async () => (await w.page.locator('.tab.dirty').count()) === 0);
    check(fs.readFileSync(w.vs.file('stock.py'), 'utf8') === original, 'undo did not bring the file back');
  });

  await w.step('a-diff-for-one-who-went-on', async () => {
    await askByKey('read a csv file');
    await w.vs.click('total = 0');
    await written();
    check((await offer().count()) === 0, 'there is ghost text as well');
  });
}
