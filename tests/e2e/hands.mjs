// What a person does again and again in a walk: wait for the model, tidy up, answer a file dialog, ask by key.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { MODEL, REPOSITORY, until } from './workbench.mjs';

const original = fs.readFileSync(path.join(REPOSITORY, 'tests/e2e/workspace/stock.py'), 'utf8');

/** The GGUF file that ships, whatever its quantisation. */
export function starterFile() {
  const folder = path.join(REPOSITORY, 'models/starter');
  return path.join(folder, fs.readdirSync(folder).find((name) => name.endsWith('.gguf')));
}

/** @param w the walk, whose workbench changes from session to session */
export function handsOf(w) {
  const ready = (model = MODEL) =>
    until('an idle server', async () => (await w.page.locator('.statusbar-item', { hasText: model }).locator('.codicon-list-ordered').count()) === 1);

  /** A preview with code in it. */
  const written = () => w.page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();

  const noDiff = () => until('no diff', async () => (await w.page.locator('.monaco-diff-editor').count()) === 0);

  /** Nothing open over the editor, and a file in it. */
  async function calm(file = 'stock.py') {
    for (let n = 0; n < 2; n++) await w.page.keyboard.press('Escape');
    await w.vs.clearToasts();
    await w.vs.openFile(file);
  }

  /** stock.py as it was in the beginning, and nothing else open. */
  async function revert() {
    for (let n = 0; n < 2; n++) await w.page.keyboard.press('Escape');
    await w.vs.clearToasts();
    await w.vs.closeAllWithoutSaving();
    fs.writeFileSync(w.vs.file('stock.py'), original);
    await w.vs.openFile('stock.py');
    await w.vs.line(/^total = 0/);
  }

  const dialogInput = () =>
    until('the file dialog', async () => {
      const input = w.vs.visible('.quick-input-widget input.input').first();
      return (await input.inputValue()).startsWith('/') && input;
    });

  const dialogOk = () => w.page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).first().click();

  /** Answers the file dialog with a file. */
  async function chooseFile(file) {
    const input = await dialogInput();
    // The dialog writes the folder it begins in once it has read it, which may come after what was filled in.
    await until('the dialog to take the file', async () => {
      await input.fill(file);
      await w.vs.picks().filter({ hasText: path.basename(file) }).first().waitFor();
      await dialogOk();
      await input.waitFor({ state: 'hidden', timeout: 10_000 });
      return true;
    });
  }

  /** Answers the file dialog with a folder that has no folder in it; where the dialog begins there must be one. */
  async function chooseFolder(folder) {
    const input = await dialogInput();
    await until('the dialog to take the folder', async () => {
      await input.fill(`${folder}/`);
      await until('the folder in the dialog', async () => (await w.vs.picks().allInnerTexts()).join() === '..', 10_000);
      await dialogOk();
      await input.waitFor({ state: 'hidden', timeout: 10_000 });
      return true;
    });
  }

  async function askByKey(text) {
    await w.vs.click(text);
    await w.page.keyboard.press('Control+k');
    await w.page.keyboard.press('Control+g');
  }

  /** The language server among the descendants of this run's code-server. */
  function serverPid() {
    const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n').map((row) => /^ *(\d+) +(\d+) (.*)$/.exec(row)?.slice(1));
    const family = new Set([String(w.vs.pid)]);
    for (let size = 0; size !== family.size; ) {
      size = family.size;
      for (const row of rows) if (row && family.has(row[1])) family.add(row[0]);
    }
    return Number(rows.find((row) => row && family.has(row[0]) && /-m planfirst\.lsp/.test(row[2]))?.[0]);
  }

  return { original, ready, written, noDiff, calm, revert, chooseFile, chooseFolder, askByKey, serverPid };
}
