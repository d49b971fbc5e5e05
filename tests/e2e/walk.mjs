// Walks through everything a person can do, in the order of the user's guide. Usage: node walk.mjs all|short|wheels OUT
// `wheels` installs the server from the folder of wheels E2E_WHEELS, by the button.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

import { bareEnvironment, completions, environmentThatKnows, hub } from './lookalikes.mjs';
import { REPOSITORY, ROOT, start, until } from './workbench.mjs';

const [which, out] = [process.argv[2] ?? 'all', path.resolve(process.argv[3])];
let vs = await start(out);
let { page } = vs;
const results = [];
let practice; // a hub
let coder; // an OpenAI-compatible server

/** Another workbench with other settings; the screenshots go on counting. */
async function session(name, options) {
  const shots = vs.shots;
  await vs.stop();
  vs = await start(path.join(out, name), options);
  vs.shots = shots;
  vs.shotsFolder = path.join(out, 'shots');
  ({ page } = vs);
  await vs.open();
}

async function step(name, action, { short = false, wheels = false } = {}) {
  if ((which === 'short' && !short) || (which === 'wheels') !== wheels) return;
  if (process.env.E2E_ONLY && name !== 'open' && !new RegExp(process.env.E2E_ONLY).test(name)) return;
  const begun = Date.now();
  const result = { name, ok: true };
  try {
    result.value = await action();
  } catch (error) {
    result.ok = false;
    result.error = String(error.message ?? error).slice(0, 600);
  }
  result.ms = Date.now() - begun;
  result.shot = await vs.shot(name).catch(() => null);
  results.push(result);
  const value = result.value === undefined ? '' : `  ${JSON.stringify(result.value).slice(0, 300)}`;
  console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${String(result.ms).padStart(6)} ms  ${name}${value}${result.error ? `  ${result.error}` : ''}`);
}

function check(condition, what) {
  if (!condition) throw new Error(what);
}

const ready = (model = 'starter') => until('an idle server', async () => (await page.locator('.statusbar-item', { hasText: model }).locator('.codicon-list-ordered').count()) === 1);
const original = fs.readFileSync(vs.file('stock.py'), 'utf8');
const SHORT = { short: true };
const WHEELS = { wheels: true };

/** Nothing open over the editor, and stock.py in it. */
async function calm() {
  for (let n = 0; n < 2; n++) await page.keyboard.press('Escape');
  await vs.clearToasts();
  await vs.openFile('stock.py');
}

/** stock.py as it was in the beginning, and nothing else open. */
async function revert() {
  for (let n = 0; n < 2; n++) await page.keyboard.press('Escape');
  await vs.clearToasts();
  await vs.closeAllWithoutSaving();
  fs.writeFileSync(vs.file('stock.py'), original);
  await vs.openFile('stock.py');
  await vs.line(/^total = 0/);
}

const dialogInput = () => until('the file dialog', async () => {
  const input = vs.visible('.quick-input-widget input.input').first();
  return (await input.inputValue()).startsWith('/') && input;
});

/** Answers the file dialog with a file. */
async function chooseFile(file) {
  const input = await dialogInput();
  // The dialog writes the folder it begins in once it has read it, which may come after what was filled in.
  await until('the dialog to take the file', async () => {
    await input.fill(file);
    await vs.picks().filter({ hasText: path.basename(file) }).first().waitFor();
    await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).first().click();
    await input.waitFor({ state: 'hidden', timeout: 10_000 });
    return true;
  });
}

/** Answers the file dialog with a folder that has no folder in it; where the dialog begins there must be one. */
async function chooseFolder(folder) {
  const input = await dialogInput();
  await input.fill(`${folder}/`);
  await until('the folder in the dialog', async () => (await vs.picks().allInnerTexts()).join() === '..');
  await page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' }).first().click();
  await input.waitFor({ state: 'hidden' });
}

async function askByKey(text) {
  await vs.click(text);
  await page.keyboard.press('Control+k');
  await page.keyboard.press('Control+g');
}

/** The language server among the descendants of this run's code-server. */
function serverPid() {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n').map((row) => /^ *(\d+) +(\d+) (.*)$/.exec(row)?.slice(1));
  const family = new Set([String(vs.pid)]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const row of rows) if (row && family.has(row[1])) family.add(row[0]);
  }
  return Number(rows.find((row) => row && family.has(row[0]) && /-m planfirst\.lsp/.test(row[2]))?.[0]);
}

try {
  await step('open', async () => {
    await vs.open();
    await ready();
    return (await vs.statusBar()).split('\n').filter((part) => /starter/.test(part));
  }, SHORT);

  await step('context-menu', async () => {
    const entries = await vs.contextMenu('read a csv file');
    for (const entry of ['Plan', 'Plan and Generate from Comment', 'Show Enhanced Prompt', 'Insert Plan as Comments']) {
      check(entries.includes(entry), `${entry} is missing: ${entries}`);
    }
    return entries.slice(0, 6);
  }, SHORT);

  await step('generate-progress', async () => {
    await vs.chooseInMenu('Plan and Generate from Comment');
    await vs.toast('Generate “').waitFor();
  }, SHORT);

  await step('preview', async () => {
    await page.locator('.monaco-diff-editor .editor.modified').first().waitFor();
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    await vs.titleAction('Accept').waitFor();
    await vs.titleAction('Reject').waitFor();
    await vs.titleAction('Try Again').waitFor();
    await vs.noToast('Generate “');
    check(fs.readFileSync(vs.file('stock.py'), 'utf8') === original, 'the file changed before Accept');
    return (await vs.lines('.monaco-diff-editor .editor.modified .monaco-editor')).slice(0, 20);
  }, SHORT);

  await step('accept', async () => {
    await vs.titleAction('Accept').click();
    await until('no diff', async () => (await page.locator('.monaco-diff-editor').count()) === 0);
    await vs.line(/csv/);
    return until('code below the comment', async () => {
      const lines = await vs.lines();
      const at = lines.findIndex((line) => /read a csv file/.test(line));
      return at >= 0 && lines[at + 1]?.trim() ? lines.slice(at, at + 6) : undefined;
    });
  }, SHORT);

  await step('undo-is-one-step', async () => {
    await page.keyboard.press('Control+z');
    await until('the old text', async () => {
      const lines = await vs.lines();
      const at = lines.findIndex((line) => /read a csv file/.test(line));
      return at >= 0 && !lines[at + 1]?.trim();
    });
    await page.keyboard.press('Control+s');
    await until('no unsaved mark', async () => (await page.locator('.tab.dirty').count()) === 0);
    check(fs.readFileSync(vs.file('stock.py'), 'utf8') === original, 'undo did not bring the file back');
  }, SHORT);

  await step('hover', async () => {
    await vs.click('total = 0'); // after a context menu the editor holds hovers back until the next click
    const text = await vs.hover('read a csv file', 'Planned by starter');
    for (const part of ['Generate', 'Edit plan', 'Show prompt', 'Replan', 'score', 'cookbook', 'Apache-2.0']) check(text.includes(part), `${part} is missing`);
    return text.split('\n').filter(Boolean);
  }, SHORT);

  // ------------------------------------------------------------------ 1. where the entries are, and where they are not

  await step('light-bulb', async () => {
    await calm();
    await vs.click('flatten a nested');
    await page.keyboard.press('Control+.');
    const rows = vs.visible('.action-widget .monaco-list-row');
    await rows.filter({ hasText: 'Planfirst: Plan and generate from comment' }).first().waitFor();
    const titles = (await rows.allInnerTexts()).map((text) => text.trim());
    for (const title of ['Planfirst: Plan', 'Planfirst: Show enhanced prompt', 'Planfirst: Insert plan as comments']) check(titles.includes(title), `${title}: ${titles}`);
    return titles;
  });

  await step('no-entries-on-plain-code', async () => {
    await calm();
    await vs.click('total = 0');
    const ours = ['Plan', 'Plan and Generate from Comment', 'Edit Plan'];
    // On a busy machine the menu can come before it is known what lies under the pointer; then all entries are there.
    return until('a menu without our entries', async () => {
      const entries = await vs.contextMenu('import Path');
      if (!entries.some((entry) => ours.includes(entry))) return entries;
      await page.keyboard.press('Escape');
      return undefined;
    });
  });

  await step('entries-on-a-docstring', async () => {
    await calm();
    const entries = await vs.contextMenu('URL slug');
    check(entries.includes('Plan and Generate from Comment'), `${entries}`);
  });

  await step('entries-on-a-selection', async () => {
    await calm();
    await vs.click('from pathlib');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    const entries = await vs.contextMenu('pathlib import');
    check(entries.includes('Plan and Generate from Comment'), `${entries}`);
  });

  // ------------------------------------------------------------------ 2. hover without a plan

  await step('hover-without-a-plan', async () => {
    await calm();
    await vs.click('total = 0');
    return vs.hover('flatten a nested', 'no plan for this comment');
  });

  // ------------------------------------------------------------------ 3. watch and stop

  await step('generate-by-key', async () => {
    await calm();
    await askByKey('Turn a title');
  });

  await step('preview-of-a-function-body', async () => {
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    return (await vs.lines('.monaco-diff-editor .editor.modified .monaco-editor')).slice(8, 20);
  });

  await step('status-bar-says-tokens-per-second', async () => {
    await ready();
    return until('tokens/s in the status bar', async () => /[\d.]+ tokens\/s/.exec(await vs.statusBar())?.[0]);
  });

  // ------------------------------------------------------------------ 4. see before keeping

  await step('try-again-writes-something', async () => {
    await vs.noToast('Generate “');
    const shown = () => page.locator('.monaco-diff-editor .editor.modified .monaco-editor').first().getAttribute('data-uri');
    const [first, before] = [await shown(), await vs.lines('.monaco-diff-editor .editor.modified .monaco-editor')];
    await vs.titleAction('Try Again').click();
    await until('another preview', async () => (await shown()) !== first);
    await ready();
    await vs.noToast('Generate “');
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    await until('one preview', async () => (await page.locator('.tab', { hasText: 'code for' }).count()) === 1);
    const after = await vs.lines('.monaco-diff-editor .editor.modified .monaco-editor');
    return before.join() === after.join() ? 'the same text' : 'another text';
  });

  await step('reject-leaves-the-file', async () => {
    await vs.titleAction('Reject').click();
    await until('no diff', async () => (await page.locator('.monaco-diff-editor').count()) === 0);
    check((await page.locator('.tab.dirty').count()) === 0, 'the file counts as changed');
    check(fs.readFileSync(vs.file('stock.py'), 'utf8') === original, 'the file changed');
  });

  await step('the-code-follows-its-comment', async () => {
    await calm();
    await askByKey('flatten a nested');
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    await vs.openFile('stock.py');
    await vs.lens('Code is ready').waitFor();
    await vs.shot('lens-of-a-waiting-preview');
    await vs.click('Reads what');
    await page.keyboard.press('Home');
    await page.keyboard.type('# put in while the preview waited\n\n');
    await vs.line(/put in while/);
    await vs.lens('Accept').click();
    await until('no lens', async () => (await vs.lens('Code is ready').count()) === 0);
    return until('the code under its comment', async () => {
      const lines = await vs.lines();
      const at = lines.findIndex((line) => /in the order of its items/.test(line));
      return at >= 0 && lines[at + 1]?.trim() && /put in while/.test(lines[0]) ? lines.slice(at, at + 4) : undefined;
    });
  });

  await step('refused-when-the-comment-changed', async () => {
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+z');
    await calm();
    await askByKey('flatten a nested');
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    await vs.openFile('stock.py');
    await vs.click('in the order');
    await page.keyboard.press('End');
    await page.keyboard.type(' from last to first');
    await vs.lens('Accept').click();
    await vs.toast('It is kept here').waitFor();
    await vs.visible('.tab.active').filter({ hasText: 'Untitled' }).first().waitFor();
    return (await vs.lines()).slice(0, 4);
  });

  // ------------------------------------------------------------------ 5. edit the plan

  await step('plan-is-shown', async () => {
    await revert();
    await vs.click('flatten a nested');
    await vs.command('Planfirst: Plan');
    const hover = vs.visible('.monaco-hover').filter({ hasText: 'Planned by starter' }).first();
    await hover.waitFor();
    return (await hover.innerText()).split('\n');
  });

  await step('edit-the-plan-beside-the-file', async () => {
    await vs.visible('.monaco-hover a').filter({ hasText: 'Edit plan' }).first().click();
    await vs.visible('.tab.active').filter({ hasText: 'planfirst-plan' }).first().waitFor();
    await vs.lens('Generate from this plan').waitFor();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('9. Return the list\n');
    return vs.lines();
  });

  await step('generate-from-the-changed-plan', async () => {
    await vs.lens('Generate from this plan').click();
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    await vs.titleAction('Reject').click();
    await until('no diff', async () => (await page.locator('.monaco-diff-editor').count()) === 0);
    await vs.click('total = 0');
    const text = await vs.hover('flatten a nested', 'Written by you');
    check(/Return the list/.test(text), text);
    return text.split('\n');
  });

  await step('stale-plan', async () => {
    await vs.click('in the order');
    await page.keyboard.press('End');
    await page.keyboard.type(' once');
    await vs.click('total = 0');
    await vs.lens('Stale').waitFor();
    return vs.hover('flatten a nested', 'Stale plan');
  });

  await step('insert-plan-as-comments', async () => {
    await revert();
    await vs.click('read a csv file');
    await vs.command('Planfirst: Insert Plan as Comments');
    await vs.line(/^# Plan:/);
    await vs.lens('Generate from this plan').waitFor();
    return (await vs.lines()).slice(6, 14);
  });

  await step('stale-plan-in-comments', async () => {
    await vs.click('read a csv file');
    await page.keyboard.press('End');
    await page.keyboard.type(' sorted by name');
    await vs.lens('The comment has changed').waitFor();
  });

  // ------------------------------------------------------------------ 6. read the enhanced prompt

  await step('enhanced-prompt', async () => {
    await revert();
    await vs.click('read a csv file');
    await vs.command('Planfirst: Show Enhanced Prompt');
    await vs.visible('.tab.active').filter({ hasText: 'prompt' }).first().waitFor();
    await vs.lens('score').waitFor();
    return vs.lines();
  });

  await step('switch-the-example-off', async () => {
    const example = vs.visible('.codelens-decoration').filter({ hasText: 'Example: switch off' }).first();
    await example.locator('a', { hasText: 'switch off' }).click();
    await vs.lens('Example is off').waitFor();
    await until('no example', async () => !(await vs.lines()).some((line) => /^Similar \(/.test(line)));
    return vs.lines();
  });

  await step('copy-the-prompt', async () => {
    await vs.titleAction('Copy Prompt').click();
    const copied = await until('the clipboard', () => page.evaluate(() => navigator.clipboard.readText()));
    const bare = (text) => text.replace(/\s/g, ''); // the editor wraps long lines
    check(bare(copied) === bare((await vs.lines()).join('')), 'the clipboard holds another text than the document');
    return copied.split('\n');
  });

  // ------------------------------------------------------------------ 7. models

  await step('choose-a-model', async () => {
    await calm();
    await vs.command('Planfirst: Choose Model');
    await vs.picks().filter({ hasText: 'qwen2.5-coder-1.5b' }).first().waitFor();
    return (await vs.picks().allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  });

  await step('test-the-model', async () => {
    await calm();
    await vs.command('Planfirst: Test Model');
    const toast = vs.toast('tokens/s');
    await toast.waitFor();
    return toast.innerText();
  });

  // ------------------------------------------------------------------ 8. the store

  await step('store', async () => {
    await calm();
    await vs.command('Planfirst: Manage Store of Examples');
    await vs.picks().filter({ hasText: 'Search it' }).first().waitFor();
    return page.locator('.quick-input-widget input.input').getAttribute('placeholder');
  });

  await step('search-the-store', async () => {
    await vs.choose(vs.picks().filter({ hasText: 'Search it' }).first());
    const input = vs.visible('.quick-input-widget input.input').first();
    await until('the question', async () => /code do/.test(await page.locator('.quick-input-widget').innerText()));
    await input.fill('retry a function');
    await page.keyboard.press('Enter');
    await vs.picks().filter({ hasText: 'Apache-2.0' }).first().waitFor();
    return (await vs.picks().allInnerTexts()).slice(0, 3).map((text) => text.replace(/\s+/g, ' '));
  });

  await step('add-a-folder-to-the-store', async () => {
    await calm();
    fs.mkdirSync(vs.file('answers'));
    const rows = [['water the plants twice a week', 'def water_plants(garden):\n    return [plant.drink() for plant in garden]\n']];
    fs.writeFileSync(vs.file('answers/rows.jsonl'), rows.map(([question, code]) => `${JSON.stringify({ question, code })}\n`).join(''));
    await vs.command('Planfirst: Add Folder to Store of Examples');
    await chooseFolder(vs.file('answers'));
    const toast = vs.toast('the store has');
    await toast.waitFor();
    return toast.innerText();
  });

  await step('remove-from-the-store', async () => {
    await calm();
    await vs.command('Planfirst: Remove from Store of Examples');
    await vs.choose(vs.picks().filter({ hasText: 'answers' }).first());
    await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Remove' }).first().click();
    const toast = vs.toast('the store has');
    await toast.waitFor();
    check(!(await toast.innerText()).includes('answers'), 'it is still there');
    return toast.innerText();
  });

  // ------------------------------------------------------------------ 9. start, and when things go wrong

  await step('walkthrough', async () => {
    await calm();
    await vs.command('Welcome: Open Walkthrough...');
    await vs.picks().filter({ hasText: 'Start with Planfirst' }).first().waitFor();
    await vs.choose(vs.picks().filter({ hasText: 'Start with Planfirst' }).first());
    await page.getByText('Turn a comment into code').first().waitFor();
    for (const step of ['install', 'store', 'generate']) {
      await page.locator(`[data-done-step-id$="#${step}"][aria-checked="true"]`).first().waitFor();
    }
  });

  await step('doctor', async () => {
    await calm();
    await vs.command('Planfirst: Doctor');
    return vs.line(/Answer/);
  });

  await step('server-killed', async () => {
    await revert();
    const pid = serverPid();
    process.kill(pid, 'SIGKILL');
    await until('a new server', () => serverPid() !== pid && serverPid());
    await ready();
    await vs.click('total = 0');
    return vs.hover('flatten a nested', 'no plan');
  });

  await step('import-a-model', async () => {
    await revert();
    fs.copyFileSync(path.join(REPOSITORY, 'models/starter/starter-q4_0.gguf'), vs.file('warehouse.gguf'));
    await vs.command('Planfirst: Import Model from File');
    await chooseFile(vs.file('warehouse.gguf'));
    await vs.toast('The model warehouse is installed').locator('.monaco-button', { hasText: 'Use It' }).click();
    await vs.choose(vs.picks().filter({ hasText: 'For plans and code' }).first());
    await ready('warehouse');
    await askByKey('flatten a nested');
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    await vs.titleAction('Reject').click();
    await vs.click('total = 0');
    return vs.hover('flatten a nested', 'Planned by warehouse');
  });

  // ------------------------------------------------------------------ 7. and 8., what is fetched, sent and cleared

  await step('download-a-model', async () => {
    practice = await hub(path.join(ROOT, 'slow.gguf'));
    const known = { name: 'practice', file: 'practice.gguf', size: fs.statSync(path.join(ROOT, 'slow.gguf')).size };
    await session('practice', {
      settings: {
        'planfirst.server.interpreter': environmentThatKnows(path.join(out, 'environment-practice'), known),
        'planfirst.retriever.corpora': ['cookbook'],
        'planfirst.generator.maxTokens': 16,
      },
      env: { HF_ENDPOINT: practice.url, HF_HUB_OFFLINE: '0' },
    });
    await ready();
    await vs.command('Planfirst: Choose Model');
    await vs.choose(vs.picks().filter({ hasText: 'practice' }).first());
    const toast = vs.toast('Downloading practice');
    return until('megabytes', async () => /[1-9]\d* of \d+ MB/.exec(await toast.innerText())?.[0]);
  });

  await step('pause-the-download', async () => {
    await vs.toast('Downloading practice').locator('.monaco-button', { hasText: 'Cancel' }).click();
    const toast = vs.toast('The download of practice is paused');
    await toast.waitFor();
    return toast.innerText();
  });

  await step('resume-the-download', async () => {
    await vs.toast('The download of practice is paused').locator('.monaco-button', { hasText: 'Resume' }).click();
    await vs.toast('The model practice is installed').locator('.monaco-button', { hasText: 'Use It' }).click();
    check(practice.begins.length === 2 && practice.begins[1] > 0, `it began at ${practice.begins}`);
    await vs.choose(vs.picks().filter({ hasText: 'For code only' }).first());
    await ready('practice');
    return practice.begins;
  });

  await step('use-a-server-of-ones-own', async () => {
    const input = vs.visible('.quick-input-widget input.input').first();
    const answer = async (question, text) => {
      await until(question, async () => (await page.locator('.quick-input-widget').innerText()).includes(question));
      await input.fill(text);
      await vs.shot(`endpoint-${question.toLowerCase().replace(/ /g, '-')}`);
      await page.keyboard.press('Enter');
    };
    coder = await completions();
    await vs.command('Planfirst: Use an OpenAI-Compatible Server');
    await answer('Base URL', `${coder.url}/v1`);
    await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Allow 127.0.0.2' }).first().click();
    await answer('The name of the model', 'warehouse-coder');
    await answer('Its key', 'sk-warehouse-secret');
    const toast = vs.toast('warehouse-coder at 127.0.0.2 wrote');
    await toast.waitFor();
    await ready('warehouse-coder');
    check(coder.keys.length > 0 && coder.keys.every((key) => key === 'Bearer sk-warehouse-secret'), `keys: ${coder.keys}`);
    for (const scope of ['Machine', 'User']) {
      check(!fs.readFileSync(path.join(vs.out, 'user', scope, 'settings.json'), 'utf8').includes('secret'), 'the key stands in the settings');
    }
    return toast.innerText();
  });

  await step('add-a-file-to-the-store', async () => {
    await calm();
    fs.writeFileSync(vs.file('pots.jsonl'), `${JSON.stringify({ question: 'count the pots on the shelf', code: 'def count_pots(shelf):\n    return len(shelf.pots)\n' })}\n`);
    await vs.command('Planfirst: Add File to Store of Examples');
    await chooseFile(vs.file('pots.jsonl'));
    const toast = vs.toast('the store has');
    await toast.waitFor();
    return toast.innerText();
  });

  await step('build-the-store', async () => {
    await calm();
    await vs.command('Planfirst: Build Store of Examples');
    const toast = vs.toast('the store has');
    await toast.waitFor();
    return toast.innerText();
  });

  await step('clear-the-store', async () => {
    await calm();
    await vs.command('Planfirst: Remove from Store of Examples');
    await vs.choose(vs.picks().filter({ hasText: 'All of them' }).first());
    await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Remove' }).first().click();
    await vs.toast('the store is empty').waitFor();
    await vs.clearToasts();
    await askByKey('flatten a nested');
    const toast = vs.toast('Build the store').locator('.monaco-button', { hasText: 'Build the store' });
    await toast.waitFor();
    await vs.titleAction('Reject').click();
  });

  // ------------------------------------------------------------------ a model that takes its time

  await step('slow-model', async () => {
    await session('slow', {
      settings: {
        'planfirst.planner.model': path.join(ROOT, 'slow.gguf'),
        'planfirst.generator.maxTokens': 2000,
        'planfirst.planner.context': 8192,
      },
    });
    await ready('slow');
  });

  await step('watch', async () => {
    await askByKey('Turn a title');
    const toast = vs.toast('Turn a title into a URL slug');
    const said = await until('text as it comes', async () => {
      const text = (await toast.innerText()).replace(/\u00a0/g, ' ');
      return /Writing the (plan|code)[\s\S]*tokens\/s/.test(text) && text;
    });
    await until('the status bar to say what is done', async () => /Writing the (plan|code)[\s\S]*tokens\/s/.test(await vs.statusBar()));
    return said.split('\n').slice(0, 3);
  });

  await step('cancel', async () => {
    const cancel = vs.toast('Turn a title into a URL slug').locator('.monaco-button', { hasText: 'Cancel' });
    await cancel.waitFor();
    const begun = Date.now();
    await cancel.click();
    await ready('slow');
    const took = Date.now() - begun;
    check(took < 1500, `it took ${took} ms`); // half a second for us, the rest for a busy machine that draws in software
    await vs.noToast('Turn a title into a URL slug');
    check((await page.locator('.monaco-diff-editor').count()) === 0, 'a preview came all the same');
    check(fs.readFileSync(vs.file('stock.py'), 'utf8') === original, 'the file changed');
    return `${took} ms`;
  });

  await step('two-at-once', async () => {
    await askByKey('flatten a nested');
    await vs.toast('flatten a nested').waitFor();
    await askByKey('read a csv file');
    await vs.toast('read a csv file').waitFor();
    await askByKey('flatten a nested');
    await vs.toast('already working on this comment').waitFor();
  });

  await step('cancel-all', async () => {
    await vs.command('Planfirst: Cancel Running Work');
    await ready('slow');
    await vs.noToast('Generate “');
  });

  await step('server-killed-while-it-writes', async () => {
    await vs.clearToasts();
    await askByKey('flatten a nested');
    await vs.toast('flatten a nested').waitFor();
    await until('text', async () => /Writing/.test(await vs.toast('flatten a nested').innerText()));
    process.kill(serverPid(), 'SIGKILL');
    const toast = vs.toast('ended while it was working');
    await toast.waitFor();
    await ready('slow');
    check(fs.readFileSync(vs.file('stock.py'), 'utf8') === original, 'the file changed');
    return toast.innerText();
  });

  // ------------------------------------------------------------------ in Korean

  const [manifest, texts] = ['package.nls.ko.json', 'l10n/bundle.l10n.ko.json'].map((name) => JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'client-vscode', name), 'utf8')));

  await step('korean-menu', async () => {
    await session('korean', { locale: 'ko' });
    await ready();
    const entries = await vs.contextMenu('read a csv file');
    for (const name of ['generate', 'plan', 'showPrompt', 'insertPlan']) check(entries.includes(manifest[`command.${name}`]), `${name}: ${entries}`);
    return entries.slice(0, 4);
  });

  await step('korean-preview', async () => {
    await vs.chooseInMenu(manifest['command.generate']);
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
    for (const name of ['accept', 'reject', 'tryAgain']) await vs.titleAction(manifest[`command.${name}`]).waitFor();
    await vs.titleAction(manifest['command.reject']).click();
    await until('no diff', async () => (await page.locator('.monaco-diff-editor').count()) === 0);
  });

  await step('korean-hover', async () => {
    await vs.click('total = 0');
    const text = await vs.hover('read a csv file', texts['Edit plan']);
    for (const part of ['Plan', 'Generate', 'Show prompt', 'Replan']) check(text.includes(texts[part]), `${part}: ${text}`);
    return text.split('\n').filter(Boolean);
  });

  // ------------------------------------------------------------------ 9. without a server

  await step('no-python', async () => {
    await session('none', { settings: { 'planfirst.server.interpreter': '/nowhere/python' } });
    const toast = vs.toast('/nowhere/python is not a Python');
    await toast.waitFor();
    for (const label of ['Open Setting', 'Show Log', 'Restart', 'Doctor']) await toast.locator('.monaco-button', { hasText: label }).first().waitFor();
    return toast.innerText();
  });

  await step('python-without-the-server', async () => {
    await session('bare', { settings: { 'planfirst.server.interpreter': bareEnvironment(path.join(out, 'environment-bare')) } });
    const toast = vs.toast('is not installed for');
    await toast.locator('.monaco-button', { hasText: 'Install Server' }).first().click();
    await vs.picks().filter({ hasText: 'From a folder of wheels' }).first().waitFor();
    return (await vs.picks().allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
  });

  await step('a-server-of-another-version', async () => {
    await session('other', { settings: { 'planfirst.server.interpreter': bareEnvironment(path.join(out, 'environment-other'), '9.8.7') } });
    const toast = vs.toast('The server has version 9.8.7, but this extension needs');
    for (const label of ['Install Server', 'Open Setting']) await toast.locator('.monaco-button', { hasText: label }).first().waitFor();
    return toast.innerText();
  });

  await step('install-from-a-folder-of-wheels', async () => {
    await session('wheels', { settings: { 'planfirst.server.interpreter': bareEnvironment(path.join(out, 'environment-bare')) } });
    fs.mkdirSync(vs.file('parts'));
    await vs.toast('is not installed for').locator('.monaco-button', { hasText: 'Install Server' }).first().click();
    await vs.choose(vs.picks().filter({ hasText: 'From a folder of wheels' }).first());
    await chooseFolder(process.env.E2E_WHEELS);
    await vs.toast('installing the server').waitFor();
    await vs.shot('installing');
    await vs.toast('the server is installed and running').waitFor({ timeout: 900_000 });
    await ready();
  }, WHEELS);

  await step('generate-with-what-was-installed', async () => {
    await calm();
    await askByKey('read a csv file');
    await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
  }, WHEELS);
} finally {
  practice?.stop();
  coder?.stop();
  fs.writeFileSync(path.join(out, 'results.json'), JSON.stringify(results, null, 2));
  await vs.stop();
}
const failed = results.filter((result) => !result.ok);
console.log(`${results.length - failed.length} of ${results.length} steps passed; screenshots are in ${path.relative(process.cwd(), path.join(out, 'shots'))}`);
process.exit(failed.length > 0 || results.length === 0 ? 1 : 0);
