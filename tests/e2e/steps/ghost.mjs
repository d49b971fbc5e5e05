// Code that is only added as ghost text: seen while it is written and after, dropped, kept, undone, and a diff for one who has
// gone on working.
import fs from 'node:fs';

import { handsOf } from '../hands.mjs';
import { writer } from '../lookalikes.mjs';
import { check } from '../step.mjs';
import { until } from '../workbench.mjs';

export default async function (w) {
  const { ready, askByKey, original } = handsOf(w);

  const offer = () => w.page.locator('.statusbar-item', { hasText: 'Tab keeps it, Escape drops it' });
  /** The ghost text below the line of the cursor, which the editor draws apart from the document's lines. */
  const ghost = () => until('ghost text', async () => (await w.page.locator('.monaco-editor .suggest-preview-text').allInnerTexts()).join('\n').trim());
  const noGhost = () => until('no ghost text', async () => (await w.page.locator('.monaco-editor .suggest-preview-text').count()) === 0);
  const isClean = async () => check((await w.page.locator('.tab.dirty').count()) === 0, 'the file counts as changed');
  const document = () => w.vs.lines().then((lines) => lines.join('\n'));

  async function asked() {
    await askByKey('read a csv file');
    await offer().waitFor();
    await w.vs.lens('Code is ready').waitFor();
    return until('all of the ghost text', async () => /csv\./.test(await ghost()) && ghost());
  }

  await w.step('ghost-text', async () => {
    await w.session('ghost', { settings: { 'planfirst.editor.preview': 'ghost' } });
    await ready();
    const shown = await asked();
    await w.vs.lens('Code is ready').waitFor();
    check(/csv/.test(shown), `that is no code for it: ${shown}`);
    check((await w.page.locator('.monaco-diff-editor').count()) === 0, 'there is a diff as well');
    await isClean();
    return [await offer().innerText(), ...shown.split('\n')];
  });

  await w.step('escape-drops-it', async () => {
    await w.page.keyboard.press('Escape');
    await offer().waitFor({ state: 'hidden' });
    await until('no lens', async () => (await w.vs.lens('Code is ready').count()) === 0);
    await noGhost();
    await isClean();
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

  // From here on with a server that writes a line when it is told to, and a plan that is not made from its code: behind
  // such a plan the same code would come at once, and the server would not be asked.
  const LINES = ['def flatten(items):', '    flat = []', '    for item in items:', '        flat.append(item)', '    return flat'];
  const isWriting = () => w.page.locator('.statusbar-item', { hasText: 'Tab keeps it when it is complete' }).waitFor();
  const lines = (count) => until(`${count} lines of ghost text`, async () => (await ghost()).split('\n').length === count);
  const calls = async () => (await w.vs.lens('Code is ready').count()) + (await w.page.locator('.monaco-diff-editor').count());
  const nothingReady = () => until('nothing that counts as ready', async () => (await calls()) === 0); // a lens goes a moment later
  let model;

  async function begun() {
    model.forget();
    await askByKey('flatten a nested');
    await until('the request', model.isAsked);
    model.write(`\`\`\`python\n${LINES[0]}\n${LINES[1]}\n`);
    await isWriting();
  }

  await w.step('ghost-text-while-it-is-written', async () => {
    model = await writer();
    w.finally(() => model.stop());
    const settings = {
      'planfirst.editor.preview': 'ghost',
      'planfirst.planner.model': 'starter',
      'planfirst.generator.endpoint': `${model.url}/v1`,
      'planfirst.generator.endpointModel': 'writer',
    };
    await w.session('ghost-writing', { settings });
    await ready('writer');
    await begun();
    await lines(2);
    model.write(`${LINES[2]}\n${LINES[3]}\n`);
    await lines(4);
    check((await calls()) === 0, 'it counts as ready');
    await isClean();
    return (await ghost()).split('\n');
  });

  await w.step('complete-it-stays-where-it-is', async () => {
    model.write(`${LINES[4]}\n\`\`\`\n`);
    model.end();
    await offer().waitFor();
    await lines(5);
    await w.vs.lens('Code is ready').waitFor();
    await w.page.keyboard.press('Escape');
    await noGhost();
    await nothingReady();
    await isClean();
  });

  await w.step('escape-stops-it-while-it-is-written', async () => {
    await begun();
    await w.page.keyboard.press('Escape');
    await until('that it is no longer listened to', model.isLeft);
    await ready('writer');
    await noGhost();
    await nothingReady();
    await isClean();
  });

  await w.step('tab-while-it-is-written-keeps-all-of-it', async () => {
    await begun();
    await lines(2);
    await w.page.keyboard.press('Tab');
    await w.page.locator('.statusbar-item', { hasText: 'It is kept when it is complete' }).waitFor();
    await isClean();
    model.write(`${LINES.slice(2).join('\n')}\n\`\`\`\n`);
    model.end();
    await w.vs.line(/^ {4}return flat/);
    await until('an unsaved mark', async () => (await w.page.locator('.tab.dirty').count()) === 1);
    await nothingReady();
    await w.page.keyboard.press('Control+z');
    await w.page.keyboard.press('Control+s');
    await until('no unsaved mark', async () => (await w.page.locator('.tab.dirty').count()) === 0);
    check(fs.readFileSync(w.vs.file('stock.py'), 'utf8') === original, 'undo did not bring the file back');
  });

  await w.step('who-goes-elsewhere-sees-it-where-it-was', async () => {
    await begun();
    await w.vs.click('total = 0');
    await noGhost();
    await w.vs.click('in the order of');
    await w.page.keyboard.press('End');
    await isWriting();
    await lines(2);
    await w.vs.click('total = 0');
    model.write(`${LINES.slice(2).join('\n')}\n\`\`\`\n`);
    model.end();
    await w.page.locator('.monaco-diff-editor .line-insert').first().waitFor(); // a diff for one who went on
    check((await offer().count()) === 0, 'there is ghost text as well');
  });
}
