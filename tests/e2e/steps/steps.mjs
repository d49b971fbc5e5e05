// A plan from a draft knows its lines. The starter writes its plan first, so this takes another model (E2E_MODEL).
import { handsOf } from '../hands.mjs';
import { MODEL } from '../workbench.mjs';

export default async function (w) {
  if (MODEL === 'starter') return;
  const { revert, written, noDiff } = handsOf(w);

  await w.step('steps-behind-their-lines', async () => {
    await revert();
    await w.vs.click('flatten a nested');
    await w.vs.command('Planfirst: Plan and Generate from Comment');
    await written();
    return w.vs.mark('step 1');
  });

  await w.step('lines-behind-their-step', async () => {
    await w.vs.titleAction('Accept').click();
    await noDiff();
    await w.vs.line(/yield|append|extend|return/);
    await w.vs.click('flatten a nested');
    await w.vs.command('Planfirst: Edit Plan');
    await w.vs.lens('Generate from this plan').waitFor();
    return w.vs.mark('line');
  });

  await w.step('a-step-marks-its-lines', async () => {
    await w.vs.click('1. ');
    const lit = w.page.locator('.monaco-editor .view-overlays .cdr[class*="ced-"]');
    await lit.first().waitFor();
    return `${await lit.count()} rows`;
  });
}
