// Starts a real VS Code (code-server) with a fresh profile, a copy of the sample workspace and the installed extension, and
// headless Chromium on it. Knows the workbench's surface; knows nothing of what is tested.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';

import { launch } from './browser.mjs';
import { numbered } from './step.mjs';

const HERE = path.dirname(new URL(import.meta.url).pathname);
export const REPOSITORY = path.resolve(HERE, '../..');
export const ROOT = path.join(REPOSITORY, '.e2e');
/** The model that plans and writes; any other than the starter must be in $PLANFIRST_HOME/models. */
export const MODEL = process.env.E2E_MODEL || 'starter';
// Other work can hold the processors, and a model of a size to be of use takes its time.
const PATIENCE = Number(process.env.E2E_PATIENCE_MS) || (MODEL === 'starter' ? 60_000 : 600_000);

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until the answer is truthy, and gives it back. */
export async function until(what, ask, ms = PATIENCE) {
  const end = Date.now() + ms;
  let last;
  for (;;) {
    try {
      last = await ask();
      if (last) return last;
    } catch (error) {
      last = error.message;
    }
    if (Date.now() > end) throw new Error(`waited ${ms} ms for ${what}; last: ${String(JSON.stringify(last)).slice(0, 300)}`);
    await sleep(50);
  }
}

const plain = (text) => text.replace(/\u00a0/g, ' ').replace(/[\u200b\u200c\u200d]/g, '');

const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const statusOf = (port) =>
  new Promise((resolve) => {
    http.get({ host: '127.0.0.1', port, path: '/healthz' }, (answer) => resolve(answer.resume().statusCode)).on('error', () => resolve(0));
  });

/**
 * @param out folder for this run's profile, logs and screenshots; it is emptied
 * @param settings user settings over those for tests
 * @param folder name of the workspace folder
 * @param extensions folder of installed extensions
 * @param options more arguments for code-server
 * @param locale the language of the user interface; of the workbench's own texts there are only English ones here
 * @param payload more entries for the workbench's address, made by a function that gets the remote form of a path
 */
export async function start(
  out,
  { settings = {}, folder = 'my stock 재고 📦', env = {}, extensions = process.env.E2E_EXTENSIONS || path.join(ROOT, 'extensions'), options = [], locale = 'en', payload = () => [] } = {},
) {
  fs.rmSync(out, { recursive: true, force: true });
  for (const name of ['user/User', 'user/Machine', 'home', 'shots']) fs.mkdirSync(path.join(out, name), { recursive: true });
  const workspace = path.join(out, folder);
  fs.cpSync(path.join(HERE, 'workspace'), workspace, { recursive: true });
  const data = path.join(out, 'planfirst');
  fs.cpSync(process.env.PLANFIRST_HOME, data, { recursive: true });
  // With E2E_INSTALLED the extension is to find by itself what the offline bundle's installer put into that home.
  const installed = process.env.E2E_INSTALLED;
  if (installed) fs.symlinkSync(path.join(installed, '.planfirst'), path.join(out, 'home/.planfirst'));
  // Machine-scoped settings are read from the remote machine's file only, so all of ours go there.
  const machine = {
    ...(installed ? {} : { 'planfirst.server.interpreter': path.join(REPOSITORY, '.venv/bin/python') }),
    'planfirst.server.logLevel': 'info',
    'planfirst.planner.model': MODEL,
    // What asks for leave has tests of its own; here its question would stand in every picture.
    'planfirst.workspace.index': 'off',
    'planfirst.verify.run': 'off',
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => name.startsWith('planfirst.'))),
  };
  const all = {
    'workbench.startupEditor': 'none',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'workbench.enableExperiments': false,
    'workbench.tips.enabled': false,
    'workbench.editor.enablePreview': false,
    'chat.disableAIFeatures': true,
    'chat.commandCenter.enabled': false,
    'security.workspace.trust.enabled': false,
    'telemetry.telemetryLevel': 'off',
    'update.mode': 'none',
    'extensions.autoCheckUpdates': false,
    'extensions.autoUpdate': false,
    'extensions.ignoreRecommendations': true,
    'git.enabled': false,
    'files.autoSave': 'off',
    'files.simpleDialog.enable': true,
    'editor.wordBasedSuggestions': 'off',
    'editor.lightbulb.enabled': 'on',
    'terminal.integrated.gpuAcceleration': 'off', // its text can be read then
    'window.dialogStyle': 'custom',
    ...Object.fromEntries(Object.entries(settings).filter(([name]) => !name.startsWith('planfirst.'))),
  };
  fs.writeFileSync(path.join(out, 'user/Machine/settings.json'), JSON.stringify(machine, null, 2));
  fs.writeFileSync(path.join(out, 'user/User/settings.json'), JSON.stringify(all, null, 2));
  fs.writeFileSync(path.join(out, 'config.yaml'), 'auth: none\ncert: false\n');
  if (locale !== 'en') {
    // The workbench takes a language only from a language pack. This one says nothing, so that our texts alone change.
    const translations = path.join(out, 'user/empty.i18n.json');
    fs.writeFileSync(translations, '{"version": "1.0.0", "contents": {}}');
    fs.writeFileSync(path.join(out, 'user/languagepacks.json'), JSON.stringify({ [locale]: { hash: 'empty', extensions: [{ extensionIdentifier: { id: 'planfirst.empty' }, version: '1.0.0' }], translations: { vscode: translations } } }));
  }
  const port = await freePort();
  const environment = { ...process.env, HOME: path.join(out, 'home'), PLANFIRST_HOME: data, PYTHONDONTWRITEBYTECODE: '1', ...env };
  for (const name of Object.keys(environment)) if (/^(VSCODE_|NODE_OPTIONS$|XDG_)/.test(name)) delete environment[name];
  const log = fs.openSync(path.join(out, 'code-server.log'), 'w');
  const arguments_ = [
    path.join(ROOT, 'node_modules/code-server/out/node/entry.js'),
    ...['--config', path.join(out, 'config.yaml'), '--bind-addr', `127.0.0.1:${port}`],
    ...['--user-data-dir', path.join(out, 'user'), '--extensions-dir', extensions],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override'],
    ...['--locale', locale],
    ...options,
    workspace,
  ];
  const server = spawn(path.join(ROOT, 'node/bin/node'), arguments_, { stdio: ['ignore', log, log], env: environment, detached: true });
  await until('code-server', async () => (await statusOf(port)) === 200).catch((error) => {
    process.kill(-server.pid, 'SIGKILL'); // it has a process group of its own, and nobody else would end it
    throw error;
  });
  const browser = await launch();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, permissions: ['clipboard-read', 'clipboard-write'], locale: 'en' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const console_ = fs.createWriteStream(path.join(out, 'console.log'));
  page.on('console', (message) => console_.write(`${message.type()} ${message.text().slice(0, 500)}\n`));
  const remote = (file) => `vscode-remote://127.0.0.1:${port}${encodeURI(file)}`;
  const entries = [['skipWelcome', 'true'], ['skipReleaseNotes', 'true'], ['openFile', remote(path.join(workspace, 'stock.py'))], ...payload(remote)];
  const url = `http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}&payload=${encodeURIComponent(JSON.stringify(entries))}`;
  const stop = async () => {
    await browser.close().catch(() => {});
    for (const signal of ['SIGTERM', 'SIGKILL']) {
      try {
        process.kill(-server.pid, signal);
      } catch {
        return;
      }
      await Promise.race([new Promise((resolve) => server.once('exit', resolve)), sleep(5000)]);
    }
  };
  return new Workbench({ out, workspace, data, page, url, stop, pid: server.pid });
}

const exactly = (text) => new RegExp(`^${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

export class Workbench {
  constructor(parts) {
    Object.assign(this, parts);
    this.shotFile = numbered(path.join(this.out, 'shots'));
  }

  file(name) {
    return path.join(this.workspace, name);
  }

  async open() {
    await this.page.goto(this.url);
    await this.page.waitForSelector('.monaco-workbench');
    await this.page.waitForSelector('.monaco-editor .view-line');
  }

  visible(selector) {
    return this.page.locator(selector).locator('visible=true');
  }

  async shot(name) {
    const file = this.shotFile(name);
    await this.page.screenshot({ path: file, animations: 'disabled' });
    return file;
  }

  async statusBar() {
    return plain(await this.page.locator('.part.statusbar').innerText());
  }

  /** The lines that an editor shows, from top to bottom; of a diff, those of its right side. */
  async lines(editor = '.editor-group-container.active .monaco-editor') {
    const found = await this.page.evaluate((selector) => {
      const all = [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility({ visibilityProperty: true }));
      const shown = all.find((one) => one.closest('.editor.modified')) ?? all[0];
      return [...(shown?.querySelectorAll('.view-lines > .view-line') ?? [])]
        .map((line) => ({ top: line.getBoundingClientRect().top, text: line.textContent }))
        .sort((a, b) => a.top - b.top)
        .map((line) => line.text);
    }, editor);
    return found.map(plain);
  }

  line(pattern, editor) {
    return until(`a line ${pattern}`, async () => (await this.lines(editor)).find((line) => pattern.test(line)));
  }

  /** Where a piece of text stands on the screen, in the active editor. */
  position(text) {
    return until(`the text ${text}`, () =>
      this.page.evaluate((wanted) => {
        const clean = (part) => part.replace(/\u00a0/g, ' ');
        // An editor in the background stays in the page, so only those count that are shown.
        const all = [...document.querySelectorAll('.editor-group-container.active .monaco-editor')];
        const editor = all.find((one) => one.getBoundingClientRect().width > 0 && one.checkVisibility({ visibilityProperty: true }));
        for (const line of editor?.querySelectorAll('.view-lines > .view-line') ?? []) {
          const begin = clean(line.textContent).indexOf(wanted);
          if (begin < 0) continue;
          const range = document.createRange();
          const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
          let seen = 0;
          let started = false;
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (!started && begin < seen + node.length) {
              range.setStart(node, begin - seen);
              started = true;
            }
            if (started && begin + wanted.length <= seen + node.length) {
              range.setEnd(node, begin + wanted.length - seen);
              const box = range.getBoundingClientRect();
              return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
            }
            seen += node.length;
          }
        }
        return null;
      }, text),
    );
  }

  async click(text, options) {
    const { x, y } = await this.position(text);
    await this.page.mouse.click(x, y, options);
  }

  /** Rests the pointer on a text. */
  async rest(text) {
    const { x, y } = await this.position(text);
    await this.page.mouse.move(x - 30, y + 1);
    await this.page.mouse.move(x, y, { steps: 5 });
  }

  /** Rests the pointer on a text until a hover says something. */
  async hover(text, said) {
    const hover = this.visible('.monaco-hover').filter({ hasText: said }).first();
    await until(`a hover with ${said}`, async () => {
      await this.page.mouse.move(1000, 640, { steps: 2 });
      await this.rest(text);
      return hover.waitFor({ timeout: 3000 }).then(() => true);
    });
    return plain(await hover.innerText());
  }

  /** Right-clicks a text as a person does, who rests the pointer for a moment first. Gives the menu's entries. */
  async contextMenu(text) {
    await this.rest(text);
    await sleep(500);
    const { x, y } = await this.position(text);
    await this.page.mouse.click(x, y, { button: 'right' });
    await this.page.locator('.monaco-menu .action-label').first().waitFor();
    return (await this.page.locator('.monaco-menu .action-label').allInnerTexts()).map(plain).filter(Boolean);
  }

  /** A menu ignores the pointer in its first moments, so: move, wait, click. */
  async choose(locator) {
    await locator.waitFor();
    const box = await locator.boundingBox();
    await this.page.mouse.move(box.x + 20, box.y + box.height / 2, { steps: 3 });
    await sleep(300);
    await this.page.mouse.click(box.x + 24, box.y + box.height / 2);
  }

  async chooseInMenu(label) {
    await this.choose(this.page.locator('.monaco-menu .action-item', { has: this.page.getByText(label, { exact: true }) }).first());
  }

  async command(title) {
    const input = this.visible('.quick-input-widget input.input').first();
    const row = this.picks().filter({ has: this.page.locator('.label-name', { hasText: exactly(title) }) }).first();
    // The palette lists what can be done at the moment it opens, and closes when something else takes the focus; so one that
    // came too early, or is gone before it was answered, is opened again.
    await until(`the command ${title}`, async () => {
      await this.page.keyboard.press('F1');
      try {
        await input.fill(`>${title}`, { timeout: 3000 });
        await row.click({ timeout: 3000 });
        return true;
      } catch {
        await this.page.keyboard.press('Escape');
        return false;
      }
    });
    await sleep(100);
  }

  picks() {
    return this.visible('.quick-input-list .monaco-list-row');
  }

  toast(text) {
    return this.visible('.notifications-toasts .notification-list-item').filter({ hasText: text }).first();
  }

  async noToast(text) {
    await until(`no notification ${text}`, async () => (await this.toast(text).count()) === 0);
  }

  async clearToasts() {
    await this.command('Notifications: Clear All Notifications');
    await until('no notifications', async () => (await this.visible('.notifications-toasts .notification-list-item').count()) === 0);
  }

  titleAction(label) {
    return this.visible('.editor-group-container .editor-actions .action-label, .editor-group-container .title .actions-container .action-label')
      .filter({ hasText: label })
      .first();
  }

  /** A button of the editor's title that has an icon and no text. */
  titleIcon(label) {
    return this.visible(`.editor-group-container .editor-actions .action-label[aria-label^="${label}"]`).first();
  }

  /** What the extension shows behind a line, and is no part of the document; waits until it begins with `text`. */
  mark(text) {
    return until(`a mark ${text}`, () =>
      this.page.evaluate((wanted) => {
        const shown = [...document.querySelectorAll('.monaco-editor .view-line span')].filter((span) => span.checkVisibility({ visibilityProperty: true }));
        const said = shown.map((span) => getComputedStyle(span, '::after').content.replace(/^"|"$/g, '').replace(/\u00a0/g, ' '));
        return said.find((one) => one.startsWith(wanted));
      }, text),
    );
  }

  lens(text) {
    return this.visible('.codelens-decoration a, .codelens-decoration span').filter({ hasText: text }).first();
  }

  async openFile(name) {
    const input = this.visible('.quick-input-widget input.input').first();
    const row = this.picks().filter({ has: this.page.locator('.label-name', { hasText: exactly(name) }) }).first();
    await until(`the file ${name} in the list`, async () => {
      await this.page.keyboard.press('Control+p');
      try {
        await input.fill(name, { timeout: 3000 });
        await row.click({ timeout: 5000 });
        return true;
      } catch {
        await this.page.keyboard.press('Escape');
        return false;
      }
    });
    await this.page.mouse.move(1000, 640); // else it rests on a tab, whose tooltip covers the first lines
    await this.page.locator(`.tab.active[data-resource-name="${name}"]`).first().waitFor();
  }

  async closeAllWithoutSaving() {
    for (let n = 0; n < 20 && (await this.page.locator('.tab').count()) > 0; n++) {
      await this.command('View: Revert and Close Editor');
      await sleep(150);
    }
  }
}
