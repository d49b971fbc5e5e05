// Where our entries are, and where they are not; a hover without a plan.
import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { until } from '../workbench.mjs';

export default async function (w) {
  const { calm } = handsOf(w);

  await w.step('light-bulb', async () => {
    await calm();
    await w.vs.click('flatten a nested');
    await w.page.keyboard.press('Control+.');
    const rows = w.vs.visible('.action-widget .monaco-list-row');
    await rows.filter({ hasText: 'Planfirst: Plan and generate from comment' }).first().waitFor();
    const titles = (await rows.allInnerTexts()).map((text) => text.trim());
    for (const title of ['Planfirst: Plan', 'Planfirst: Show enhanced prompt', 'Planfirst: Insert plan as comments']) check(titles.includes(title), `${title}: ${titles}`);
    return titles;
  });

  await w.step('no-entries-on-plain-code', async () => {
    await calm();
    await w.vs.click('total = 0');
    const ours = ['Plan', 'Plan and Generate from Comment', 'Edit Plan'];
    // On a busy machine the menu can come before it is known what lies under the pointer; then all entries are there.
    return until('a menu without our entries', async () => {
      const entries = await w.vs.contextMenu('import Path');
      if (!entries.some((entry) => ours.includes(entry))) return entries;
      await w.page.keyboard.press('Escape');
      return undefined;
    });
  });

  await w.step('entries-on-a-docstring', async () => {
    await calm();
    const entries = await w.vs.contextMenu('URL slug');
    check(entries.includes('Plan and Generate from Comment'), `${entries}`);
  });

  await w.step('entries-on-a-selection', async () => {
    await calm();
    await w.vs.click('from pathlib');
    await w.page.keyboard.press('Home');
    await w.page.keyboard.press('Shift+ArrowDown');
    await w.page.keyboard.press('Shift+ArrowDown');
    await w.page.keyboard.press('Shift+ArrowDown');
    const entries = await w.vs.contextMenu('pathlib import');
    check(entries.includes('Plan and Generate from Comment'), `${entries}`);
  });

  await w.step('hover-without-a-plan', async () => {
    await calm();
    await w.vs.click('total = 0');
    return w.vs.hover('flatten a nested', 'no plan for this comment');
  });
}
