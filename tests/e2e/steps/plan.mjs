// The plan: shown, changed beside the file, in the file, stale.
import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { MODEL } from '../workbench.mjs';

export default async function (w) {
  const { revert, written, noDiff } = handsOf(w);

  await w.step('plan-is-shown', async () => {
    await revert();
    await w.vs.click('flatten a nested');
    await w.vs.command('Planfirst: Plan');
    const hover = w.vs.visible('.monaco-hover').filter({ hasText: `Planned by ${MODEL}` }).first();
    await hover.waitFor();
    return (await hover.innerText()).split('\n');
  });

  await w.step('edit-the-plan-beside-the-file', async () => {
    await w.vs.visible('.monaco-hover a').filter({ hasText: 'Edit plan' }).first().click();
    await w.vs.visible('.tab.active').filter({ hasText: 'planfirst-plan' }).first().waitFor();
    await w.vs.lens('Generate from this plan').waitFor();
    await w.page.keyboard.press('Control+End');
    await w.page.keyboard.type('9. Return the list\n');
    return w.vs.lines();
  });

  await w.step('generate-from-the-changed-plan', async () => {
    await w.vs.lens('Generate from this plan').click();
    await written();
    await w.vs.titleAction('Reject').click();
    await noDiff();
    await w.vs.click('total = 0');
    const text = await w.vs.hover('flatten a nested', 'Written by you');
    check(/Return the list/.test(text), text);
    return text.split('\n');
  });

  await w.step('stale-plan', async () => {
    await w.vs.click('in the order');
    await w.page.keyboard.press('End');
    await w.page.keyboard.type(' once');
    await w.vs.click('total = 0');
    await w.vs.lens('Stale').waitFor();
    return w.vs.hover('flatten a nested', 'Stale plan');
  });

  await w.step('insert-plan-as-comments', async () => {
    await revert();
    await w.vs.click('read a csv file');
    await w.vs.command('Planfirst: Insert Plan as Comments');
    await w.vs.line(/^# Plan:/);
    await w.vs.lens('Generate from this plan').waitFor();
    return (await w.vs.lines()).slice(6, 14);
  });

  await w.step('stale-plan-in-comments', async () => {
    await w.vs.click('read a csv file');
    await w.page.keyboard.press('End');
    await w.page.keyboard.type(' sorted by name');
    await w.vs.lens('The comment has changed').waitFor();
  });
}
