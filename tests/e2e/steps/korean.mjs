// In Korean: menu, preview, hover, the question whether a folder may be read, and what the server says of it.
import fs from 'node:fs';
import path from 'node:path';

import { handsOf } from '../hands.mjs';
import { check } from '../step.mjs';
import { REPOSITORY, until } from '../workbench.mjs';

const [manifest, texts] = ['package.nls.ko.json', 'l10n/bundle.l10n.ko.json'].map((name) => JSON.parse(fs.readFileSync(path.join(REPOSITORY, 'client-vscode', name), 'utf8')));
const words = fs.readFileSync(path.join(REPOSITORY, 'server/planfirst/words/ko.toml'), 'utf8');
const said = (code) => new RegExp(`^${code} = "(.*)"$`, 'm').exec(words)[1];

export default async function (w) {
  const { ready, written, noDiff } = handsOf(w);

  await w.step('korean-menu', async () => {
    await w.session('korean', { locale: 'ko', settings: { 'planfirst.workspace.index': 'ask' } });
    await ready();
    const entries = await w.vs.contextMenu('read a csv file');
    for (const name of ['generate', 'plan', 'showPrompt', 'insertPlan']) check(entries.includes(manifest[`command.${name}`]), `${name}: ${entries}`);
    return entries.slice(0, 4);
  });

  await w.step('korean-preview', async () => {
    await w.vs.chooseInMenu(manifest['command.generate']);
    await written();
    for (const name of ['accept', 'reject', 'tryAgain']) await w.vs.titleAction(manifest[`command.${name}`]).waitFor();
  });

  await w.step('korean-question', async () => {
    await w.vs.titleAction(manifest['command.reject']).click();
    await noDiff();
    const toast = w.vs.toast('코드를 읽을까요');
    await toast.locator('.monaco-button', { hasText: said('answer-never-read') }).waitFor();
    return toast.innerText();
  });

  await w.step('korean-reading', async () => {
    await w.vs.toast('코드를 읽을까요').locator('.monaco-button', { hasText: said('answer-read') }).click();
    return until('the end of the reading', async () => {
      const bar = await w.vs.statusBar();
      return /읽었습니다/.test(bar) && bar;
    }, 180_000);
  });

  await w.step('korean-hover', async () => {
    await w.vs.click('total = 0');
    const text = await w.vs.hover('read a csv file', texts['Edit plan']);
    for (const part of ['Plan', 'Generate', 'Show prompt', 'Replan']) check(text.includes(texts[part]), `${part}: ${text}`);
    check(text.includes(texts['close match, score {0}'].split('{0}')[0]), text);
    return text.split('\n').filter(Boolean);
  });
}
