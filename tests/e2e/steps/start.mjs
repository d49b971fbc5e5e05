// The walkthrough, Doctor, a server that is killed, a model from the disk.
import fs from 'node:fs';

import { handsOf, starterFile } from '../hands.mjs';
import { until } from '../workbench.mjs';

export default async function (w) {
  const { ready, calm, revert, chooseFile, askByKey, serverPid, written } = handsOf(w);

  await w.step('walkthrough', async () => {
    await calm();
    await w.vs.command('Welcome: Open Walkthrough...');
    await w.vs.picks().filter({ hasText: 'Start with Planfirst' }).first().waitFor();
    await w.vs.choose(w.vs.picks().filter({ hasText: 'Start with Planfirst' }).first());
    await w.page.getByText('Turn a comment into code').first().waitFor();
    for (const step of ['install', 'store', 'generate']) {
      await w.page.locator(`[data-done-step-id$="#${step}"][aria-checked="true"]`).first().waitFor();
    }
  });

  await w.step('doctor', async () => {
    await calm();
    await w.vs.command('Planfirst: Doctor');
    return w.vs.line(/Answer/);
  });

  await w.step('server-killed', async () => {
    await revert();
    const pid = serverPid();
    process.kill(pid, 'SIGKILL');
    await until('a new server', () => serverPid() !== pid && serverPid());
    await ready();
    await w.vs.click('total = 0');
    return w.vs.hover('flatten a nested', 'no plan');
  });

  await w.step('import-a-model', async () => {
    await revert();
    const bytes = fs.readFileSync(starterFile());
    bytes[bytes.length - 1] ^= 1; // a weight; the file as it ships is known by its checksum, whatever it is called
    fs.writeFileSync(w.vs.file('warehouse.gguf'), bytes);
    await w.vs.command('Planfirst: Import Model from File');
    await chooseFile(w.vs.file('warehouse.gguf'));
    await w.vs.toast('The model warehouse is installed').locator('.monaco-button', { hasText: 'Use It' }).click();
    await w.vs.choose(w.vs.picks().filter({ hasText: 'For plans and code' }).first());
    await ready('warehouse');
    await askByKey('flatten a nested');
    await written();
    await w.vs.titleAction('Reject').click();
    await w.vs.click('total = 0');
    return w.vs.hover('flatten a nested', 'Planned by warehouse');
  });
}
