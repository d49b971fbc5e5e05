// The models that are there: chosen, tested.
import { handsOf } from '../hands.mjs';
import { MODEL } from '../workbench.mjs';

export default async function (w) {
  const { calm } = handsOf(w);

  await w.step('choose-a-model', async () => {
    await calm();
    await w.vs.command('Planfirst: Choose Model');
    await w.vs.picks().filter({ hasText: 'qwen2.5-coder-1.5b' }).first().waitFor();
    return (await w.vs.picks().allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  });

  await w.step('status-bar-menu', async () => {
    await calm();
    await w.page.locator('.statusbar-item', { hasText: MODEL }).first().click();
    await w.vs.picks().filter({ hasText: 'Index This Workspace' }).first().waitFor();
    return (await w.vs.picks().allInnerTexts()).map((text) => text.trim());
  });

  await w.step('test-the-model', async () => {
    await calm();
    await w.vs.command('Planfirst: Test Model');
    const toast = w.vs.toast('tokens/s');
    await toast.waitFor();
    return toast.innerText();
  });

  await w.step('make-the-model-quicker', async () => {
    await calm();
    await w.vs.command('Planfirst: Make the Model Quicker on This Machine');
    const toast = w.vs.toast(/as fast here|is quicker here and as good/);
    await toast.waitFor({ timeout: 400_000 });
    return toast.innerText();
  });
}
