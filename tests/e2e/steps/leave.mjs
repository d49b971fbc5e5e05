// What asks for leave: once before the code of a folder is read, once before generated code is run. Then what comes of it: the
// user's own function as an example, and the verdicts.
import fs from 'node:fs';
import path from 'node:path';

import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { MODEL, until } from '../workbench.mjs';

const FILES = {
  'garden.py': `def water_dry_plants(garden):
    """Water every plant in the garden whose soil is dry."""
    for plant in garden.plants:
        if plant.soil < 0.2:
            plant.water()
`,
  'round.py': '"""What is done each morning."""\n\n# water every plant in the garden whose soil is dry\n\nDONE = True\n',
  'checked.py': `"""Names for pages."""

# turn a title into a URL slug
# >>> slugify("Hello, World!")
# 'hello-world'

# flatten a nested list
# >>> list(flatten([1, [2, [3]]]))
# 'never this'
`,
};

export default async function (w) {
  const { ready, written, noDiff, calm, askByKey } = handsOf(w);
  const reject = async () => {
    await w.vs.titleAction('Reject').click();
    await noDiff();
  };
  // By the palette, which waits until it is known what can be done in a file that was just opened.
  const generate = async (text) => {
    await w.vs.click(text);
    await w.vs.command('Planfirst: Plan and Generate from Comment');
  };
  const questionToRead = () => w.vs.toast('Read the code in');
  const questionToRun = () => w.vs.toast('Planfirst can run what it writes');

  await w.step('asks-before-it-reads-a-folder', async () => {
    const settings = { 'planfirst.workspace.index': 'ask', 'planfirst.verify.run': 'ask', 'planfirst.verify.attempts': 2 };
    await w.session('leave', { settings }, () => Object.entries(FILES).forEach(([name, text]) => fs.writeFileSync(w.vs.file(name), text)));
    await ready();
    await askByKey('read a csv file');
    await written();
    await questionToRead().waitFor();
    return questionToRead().innerText();
  });

  await w.step('closing-the-question-is-no-answer', async () => {
    await questionToRead().hover();
    await questionToRead().locator('.codicon-notifications-clear').click();
    await reject();
    await generate('read a csv file');
    await written();
    check((await questionToRead().count()) === 0, 'asked twice in one window');
    await reject();
    await w.vs.open(); // the folder anew, with a server of its own
    await ready();
    await generate('read a csv file');
    await written();
    await questionToRead().waitFor();
  });

  await w.step('index-this-workspace', async () => {
    await questionToRead().locator('.monaco-button', { hasText: 'Never for This Folder' }).click();
    await reject();
    await calm('round.py');
    await w.vs.click('water every plant');
    await w.vs.command('Planfirst: Index This Workspace');
    await w.vs.toast('is being read in the background').waitFor();
    await until('the end of the reading', async () => /Read \d+ functions? of .*; \d+ new examples?/.test(await w.vs.statusBar()), 180_000);
    // The plan is made anew until the reading, which is done at low priority, has come to that function.
    return until('the own function as an example', async () => {
      await w.vs.command('Planfirst: Replan');
      await w.vs.noToast('Plan “');
      const text = await w.vs.hover('water every plant', `Planned by ${MODEL}`);
      return text.includes('garden.py') && /close match|related/.test(text) && text.split('\n').filter(Boolean);
    }, 180_000);
  });

  await w.step('asks-before-it-runs-anything', async () => {
    await calm('checked.py');
    await generate('turn a title');
    await written();
    await questionToRun().waitFor();
    return [await w.vs.mark('? Not checked'), await questionToRun().innerText()];
  });

  await w.step('verdict-passed', async () => {
    await questionToRun().locator('.monaco-button', { hasText: 'Run in the Sandbox' }).click();
    const said = await w.vs.mark('✓ Passed: 1 of 1 checks hold');
    const settings = JSON.parse(fs.readFileSync(path.join(w.vs.out, 'user/Machine/settings.json'), 'utf8'));
    check(settings['planfirst.verify.run'] === 'on', `verify.run is ${settings['planfirst.verify.run']}`);
    await w.vs.noToast('Generate “');
    return said;
  });

  await w.step('show-the-check', async () => {
    await w.vs.titleIcon('Show Check').click();
    await w.vs.line(/What was checked/);
    return w.vs.line(/slugify\("Hello, World!"\)/);
  });

  await w.step('verdict-above-the-comment', async () => {
    await w.vs.openFile('checked.py');
    await w.vs.lens('Passed: 1 of 1 checks hold').waitFor();
    await w.vs.lens('Accept').click();
    await w.vs.line(/^def slugify/);
  });

  await w.step('verdict-failed', async () => {
    await calm('checked.py');
    await generate('flatten a nested');
    const said = await w.vs.mark('✗ Failed: 0 of 1 checks hold');
    const toast = w.vs.toast('Failed: 0 of 1 checks hold');
    await toast.locator('.monaco-button', { hasText: 'Show Check' }).waitFor();
    check((await questionToRun().count()) === 0, 'it asks a second time');
    return [said, await toast.innerText()];
  });
}
