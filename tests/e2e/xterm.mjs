// A terminal with a program in it: xterm.js in headless Chromium over node-pty, as in VS Code; both come with code-server.
import { createRequire } from 'node:module';
import path from 'node:path';

import { launch } from './browser.mjs';
import { ROOT, until } from './workbench.mjs';

const MODULES = path.join(ROOT, 'node_modules/code-server/lib/vscode/node_modules');
const pty = createRequire(import.meta.url)(path.join(MODULES, 'node-pty'));

/** @param columns, rows the size of the terminal, in characters */
export async function terminal(command, args, { columns, rows, ...options }) {
  const browser = await launch();
  const page = await browser.newPage({ deviceScaleFactor: 1.5 });
  await page.setContent('<body style="margin: 0; background: #000"><div id="screen" style="display: inline-block; padding: 10px"></div></body>');
  await page.addStyleTag({ path: path.join(MODULES, '@xterm/xterm/css/xterm.css') });
  await page.addScriptTag({ path: path.join(MODULES, '@xterm/xterm/lib/xterm.js') });
  const program = pty.spawn(command, args, { name: 'xterm-256color', cols: columns, rows, ...options });
  const ended = new Promise((resolve) => program.onExit(({ exitCode }) => resolve(exitCode)));
  await page.exposeFunction('typed', (text) => program.write(text));
  await page.evaluate(
    ([cols, rows]) => {
      window.screen_ = new window.Terminal({ cols, rows, fontFamily: 'monospace', fontSize: 14, allowProposedApi: true });
      window.screen_.onData(window.typed);
      window.screen_.open(document.getElementById('screen'));
      window.screen_.focus();
    },
    [columns, rows],
  );
  program.onData((text) => void page.evaluate((written) => window.screen_.write(written), text).catch(() => {}));

  /** All that has been written, from the first line on. */
  const text = () =>
    page.evaluate(() => {
      const { active } = window.screen_.buffer;
      return Array.from({ length: active.length }, (_, n) => active.getLine(n).translateToString(true)).join('\n').trimEnd();
    });
  return {
    page,
    text,
    says: (pattern, ms) => until(`${pattern} in the terminal`, async () => pattern.test(await text()) && (await text()), ms),
    type: (what) => page.keyboard.type(what),
    press: (key) => page.keyboard.press(key),
    shot: (file) => page.locator('#screen').screenshot({ path: file, animations: 'disabled' }),
    /** The exit code, once the program has ended. */
    ended,
    async stop() {
      program.kill('SIGKILL');
      await browser.close();
    },
  };
}
