// The installation by the button, from a folder of wheels.
import fs from 'node:fs';
import path from 'node:path';

import { handsOf } from '../hands.mjs';
import { bareEnvironment } from '../lookalikes.mjs';

export default async function (w) {
  const { ready, calm, chooseFolder, askByKey, written } = handsOf(w);

  await w.step('install-from-a-folder-of-wheels', async () => {
    await w.session('wheels', { settings: { 'planfirst.server.interpreter': bareEnvironment(path.join(w.out, 'environment-bare')) } });
    fs.mkdirSync(w.vs.file('parts'));
    await w.vs.toast('is not installed for').locator('.monaco-button', { hasText: 'Install Server' }).first().click();
    await w.vs.choose(w.vs.picks().filter({ hasText: 'From a folder of wheels' }).first());
    await chooseFolder(process.env.E2E_WHEELS);
    await w.vs.toast('installing the server').waitFor();
    await w.vs.shot('installing');
    await w.vs.toast('the server is installed and running').waitFor({ timeout: 900_000 });
    await ready();
  }, { wheels: true });

  await w.step('generate-with-what-was-installed', async () => {
    await calm();
    await askByKey('read a csv file');
    await written();
  }, { wheels: true });
}
