// The store: seen, searched, a folder added and removed.
import fs from 'node:fs';

import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { until } from '../workbench.mjs';

export default async function (w) {
  const { calm, chooseFolder } = handsOf(w);

  await w.step('store', async () => {
    await calm();
    await w.vs.command('Planfirst: Manage Store of Examples');
    await w.vs.picks().filter({ hasText: 'Search it' }).first().waitFor();
    return w.page.locator('.quick-input-widget input.input').getAttribute('placeholder');
  });

  await w.step('search-the-store', async () => {
    await w.vs.choose(w.vs.picks().filter({ hasText: 'Search it' }).first());
    const input = w.vs.visible('.quick-input-widget input.input').first();
    await until('the question', async () => /code do/.test(await w.page.locator('.quick-input-widget').innerText()));
    await input.fill('retry a function');
    await w.page.keyboard.press('Enter');
    await w.vs.picks().filter({ hasText: 'close match, score' }).filter({ hasText: 'Apache-2.0' }).first().waitFor();
    return (await w.vs.picks().allInnerTexts()).slice(0, 3).map((text) => text.replace(/\s+/g, ' '));
  });

  await w.step('add-a-folder-to-the-store', async () => {
    await calm();
    fs.mkdirSync(w.vs.file('answers'));
    const rows = [['water the plants twice a week', 'def water_plants(garden):\n    return [plant.drink() for plant in garden]\n']];
    fs.writeFileSync(w.vs.file('answers/rows.jsonl'), rows.map(([question, code]) => `${JSON.stringify({ question, code })}\n`).join(''));
    await w.vs.command('Planfirst: Add Folder to Store of Examples');
    await chooseFolder(w.vs.file('answers'));
    const toast = w.vs.toast('the store has');
    await toast.waitFor();
    return toast.innerText();
  });

  await w.step('remove-from-the-store', async () => {
    await calm();
    await w.vs.command('Planfirst: Remove from Store of Examples');
    await w.vs.choose(w.vs.picks().filter({ hasText: 'answers' }).first());
    await w.page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Remove' }).first().click();
    const toast = w.vs.toast('the store has');
    await toast.waitFor();
    check(!(await toast.innerText()).includes('answers'), 'it is still there');
    return toast.innerText();
  });
}
