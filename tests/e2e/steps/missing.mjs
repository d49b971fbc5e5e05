// Without a Python, without the server, with a server of another version.
import path from 'node:path';

import { bareEnvironment } from '../lookalikes.mjs';

export default async function (w) {
  await w.step('no-python', async () => {
    await w.session('none', { settings: { 'planfirst.server.interpreter': '/nowhere/python' } });
    const toast = w.vs.toast('/nowhere/python is not a Python');
    await toast.waitFor();
    for (const label of ['Open Setting', 'Show Log', 'Restart', 'Doctor']) await toast.locator('.monaco-button', { hasText: label }).first().waitFor();
    return toast.innerText();
  });

  await w.step('python-without-the-server', async () => {
    await w.session('bare', { settings: { 'planfirst.server.interpreter': bareEnvironment(path.join(w.out, 'environment-bare')) } });
    const toast = w.vs.toast('is not installed for');
    await toast.locator('.monaco-button', { hasText: 'Install Server' }).first().click();
    await w.vs.picks().filter({ hasText: 'From a folder of wheels' }).first().waitFor();
    return (await w.vs.picks().allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  });

  await w.step('a-server-of-another-version', async () => {
    await w.session('other', { settings: { 'planfirst.server.interpreter': bareEnvironment(path.join(w.out, 'environment-other'), '9.8.7') } });
    const toast = w.vs.toast('The server has version 9.8.7, but this extension needs');
    for (const label of ['Install Server', 'Open Setting']) await toast.locator('.monaco-button', { hasText: label }).first().waitFor();
    return toast.innerText();
  });
}
