// The enhanced prompt: read, a section switched off, copied.
import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { until } from '../workbench.mjs';

export default async function (w) {
  const { revert } = handsOf(w);

  await w.step('enhanced-prompt', async () => {
    await revert();
    await w.vs.click('read a csv file');
    await w.vs.command('Planfirst: Show Enhanced Prompt');
    await w.vs.visible('.tab.active').filter({ hasText: 'prompt' }).first().waitFor();
    await w.vs.lens('close match, score').waitFor();
    return w.vs.lines();
  });

  await w.step('switch-the-example-off', async () => {
    const example = w.vs.visible('.codelens-decoration').filter({ hasText: 'Example: switch off' }).first();
    await example.locator('a', { hasText: 'switch off' }).click();
    await w.vs.lens('Example is off').waitFor();
    await until('no example', async () => !(await w.vs.lines()).some((line) => /^Similar \(/.test(line)));
    return w.vs.lines();
  });

  await w.step('copy-the-prompt', async () => {
    await w.vs.titleAction('Copy Prompt').click();
    const copied = await until('the clipboard', () => w.page.evaluate(() => navigator.clipboard.readText()));
    const bare = (text) => text.replace(/\s/g, ''); // the editor wraps long lines
    check(bare(copied) === bare((await w.vs.lines()).join('')), 'the clipboard holds another text than the document');
    return copied.split('\n');
  });
}
