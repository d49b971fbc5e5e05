// The short walk: from the right-click to the accepted code, undo and hover.
import fs from 'node:fs';

import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { MODEL, until } from '../workbench.mjs';

export default async function (w) {
  const { ready, written, noDiff, original } = handsOf(w);

  await w.step('open', async () => {
    await w.vs.open();
    await ready();
    return (await w.vs.statusBar()).split('\n').filter((part) => part.includes(MODEL));
  }, { short: true });

  await w.step('context-menu', async () => {
    const entries = await w.vs.contextMenu('read a csv file');
    for (const entry of ['Plan', 'Plan and Generate from Comment', 'Show Enhanced Prompt', 'Insert Plan as Comments']) {
      check(entries.includes(entry), `${entry} is missing: ${entries}`);
    }
    return entries.slice(0, 6);
  }, { short: true });

  await w.step('generate-progress', async () => {
    await w.vs.chooseInMenu('Plan and Generate from Comment');
    await w.vs.toast('Generate “').waitFor();
  }, { short: true });

  await w.step('preview', async () => {
    await w.page.locator('.monaco-diff-editor .editor.modified').first().waitFor();
    await written();
    await w.vs.titleAction('Accept').waitFor();
    await w.vs.titleAction('Reject').waitFor();
    await w.vs.titleAction('Try Again').waitFor();
    await w.vs.noToast('Generate “');
    check(fs.readFileSync(w.vs.file('stock.py'), 'utf8') === original, 'the file changed before Accept');
    return (await w.vs.lines('.monaco-diff-editor .editor.modified .monaco-editor')).slice(0, 20);
  }, { short: true });

  await w.step('accept', async () => {
    await w.vs.titleAction('Accept').click();
    await noDiff();
    await w.vs.line(/csv/);
    return until('code below the comment', async () => {
      const lines = await w.vs.lines();
      const at = lines.findIndex((line) => /read a csv file/.test(line));
      return at >= 0 && lines[at + 1]?.trim() ? lines.slice(at, at + 6) : undefined;
    });
  }, { short: true });

  await w.step('undo-is-one-step', async () => {
    await w.page.keyboard.press('Control+z');
    await until('the old text', async () => {
      const lines = await w.vs.lines();
      const at = lines.findIndex((line) => /read a csv file/.test(line));
      return at >= 0 && !lines[at + 1]?.trim();
    });
    await w.page.keyboard.press('Control+s');
    await until('no unsaved mark', async () => (await w.page.locator('.tab.dirty').count()) === 0);
    check(fs.readFileSync(w.vs.file('stock.py'), 'utf8') === original, 'undo did not bring the file back');
  }, { short: true });

  await w.step('hover', async () => {
    await w.vs.click('total = 0'); // after a context menu the editor holds hovers back until the next click
    const text = await w.vs.hover('read a csv file', `Planned by ${MODEL}`);
    for (const part of ['Generate', 'Edit plan', 'Show prompt', 'Replan', 'close match, score', 'cookbook', 'Apache-2.0']) check(text.includes(part), `${part} is missing`);
    return text.split('\n').filter(Boolean);
  }, { short: true });
}
