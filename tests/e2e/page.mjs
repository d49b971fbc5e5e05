// Walks through the page of `planfirst chat --web` in headless Chromium, by keyboard alone, in both languages and at 200 % zoom.
// Usage: node page.mjs OUT. Needs $PLANFIRST_HOME, with the model E2E_MODEL in it; without that, a made one writes nonsense.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';

import { launch } from './browser.mjs';
import { Steps, check, numbered } from './step.mjs';
import { prepared, settings } from './talker.mjs';
import { REPOSITORY, until } from './workbench.mjs';

const QUESTIONS = {
  en: ['What does zip(*rows) do in Python? Answer in two sentences and show a line of code.', 'And for rows of different lengths?'],
  ko: ['파이썬에서 zip(*rows)는 무엇을 하나요? 두 문장으로 답하고 코드 한 줄을 보여 주세요.', '행의 길이가 서로 다르면요?'],
};
const SEARCHED = { en: 'show a line', ko: '파이썬에서' };
const PATIENCE = 300_000;

const out = path.resolve(process.argv[2]);
const data = prepared(out);
const steps = new Steps('page');
const shotFile = numbered(path.join(out, 'shots'));
const step = (page, name, action) => steps.take(name, action, () => page.screenshot({ path: shotFile(name) }));

/** The page's server, and the addresses that it prints: one for each browser. */
async function served() {
  const server = spawn(path.join(REPOSITORY, '.venv/bin/planfirst'), ['chat', '--web', '--no-open', ...settings()], {
    env: { ...process.env, PLANFIRST_HOME: data },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const addresses = [];
  for (const stream of [server.stdout, server.stderr]) {
    readline.createInterface({ input: stream }).on('line', (line) => {
      const found = /http:\/\/127\.0\.0\.1:\S+/.exec(line);
      if (found) addresses.push(found[0]);
    });
  }
  return { address: (n) => until(`address ${n}`, async () => addresses[n]), stop: () => server.kill('SIGINT') };
}

/** What a person does on the page with no mouse. */
function keyboardOf(page) {
  const words = () => page.evaluate(() => ({ ...document.body.dataset }));
  /** What has the focus, by its id or its text; empty where nothing on the page has it. */
  const focused = () => page.evaluate(() => (document.activeElement === document.body ? '' : document.activeElement.id || document.activeElement.textContent.trim().slice(0, 80)));
  /** Tab, or Shift-Tab, until what has the focus is called so. */
  async function tabTo(wanted, back = false) {
    for (let n = 0; n < 60; n++) {
      if ((await focused()) === wanted) return;
      await page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
    }
    throw new Error(`no way by keyboard to ${wanted}; the focus is on ${await focused()}`);
  }
  /** The focus is to be seen, and not below what lies over the page. */
  async function isSeen() {
    const seen = await page.evaluate(() => {
      const one = document.activeElement;
      const box = one.getBoundingClientRect();
      const top = document.elementFromPoint(box.left + Math.min(box.width / 2, 20), box.top + box.height / 2);
      return { outline: getComputedStyle(one).outlineStyle, within: box.left >= 0 && box.right <= innerWidth + 1, over: one === top || one.contains(top) || top?.contains(one) };
    });
    check(seen.outline !== 'none' && seen.within && seen.over, `the focus on ${await focused()} is hidden: ${JSON.stringify(seen)}`);
  }
  const isIdle = () => page.evaluate(() => document.getElementById('log').getAttribute('aria-busy') !== 'true');
  const answers = () => page.locator('.answer').allInnerTexts();
  const ended = (count) => until(`${count} answers`, async () => (await isIdle()) && (await answers()).filter(Boolean).length === count && (await answers()), PATIENCE);
  const type = async (text) => {
    await page.keyboard.type(text);
    await page.keyboard.press('Enter');
  };
  return { words, focused, tabTo, isSeen, answers, ended, type, isIdle };
}

async function talk(page, language) {
  const { words, focused, tabTo, isSeen, answers, ended, type, isIdle } = keyboardOf(page);
  const name = (text) => `${text}-${language}`;
  let said;

  await step(page, name('a-new-conversation'), async () => {
    await page.locator('#message').waitFor();
    check((await page.evaluate(() => document.documentElement.lang)) === language, 'it is in another language');
    check((await focused()) === 'message', 'the message has not the focus');
    said = await words();
    return page.title();
  });

  await step(page, name('an-answer-is-written'), async () => {
    await type(QUESTIONS[language][0]);
    await until('its first words', async () => (await answers()).at(-1)?.trim(), PATIENCE);
    check((await focused()) === 'message', 'the focus went elsewhere');
  });

  await step(page, name('the-answer'), async () => {
    const [answer] = await ended(1);
    const length = await page.locator('output[for="maxTokens"]').textContent();
    check(length === '200', `the longest answer is ${length}, and not as the settings say`); // which lies between two steps of the slider
    return answer.slice(0, 200);
  });

  await step(page, name('escape-stops'), async () => {
    await type(QUESTIONS[language][1]);
    await until('its first words', async () => (await answers()).length === 2 && (await answers())[1].trim(), PATIENCE);
    await page.keyboard.press('Escape');
    await until('the end', isIdle, PATIENCE);
    return page.locator('#status').innerText();
  });

  await step(page, name('change-and-ask-again'), async () => {
    await tabTo(said.edit, true);
    await isSeen();
    await page.keyboard.press('Enter');
    check((await page.locator('#message').inputValue()) === QUESTIONS[language][1], 'the message is not there to be changed');
    await page.keyboard.press('End');
    await type(' ...');
    const [, second] = await ended(2);
    check((await page.locator('.said').allInnerTexts())[1].endsWith('...'), 'the message is the old one');
    return second.slice(0, 100);
  });

  await step(page, name('another-answer'), async () => {
    await tabTo(said.retry, true);
    await page.keyboard.press('Enter');
    await until('the model at work', async () => !(await isIdle()));
    await ended(2);
  });

  await step(page, name('sliders'), async () => {
    await page.locator('#message').focus();
    await until('the summary', async () => {
      await page.keyboard.press('Tab');
      return page.evaluate(() => document.activeElement.tagName === 'SUMMARY');
    });
    await page.keyboard.press('Enter');
    await tabTo('temperature');
    await isSeen();
    for (let n = 0; n < 3; n++) await page.keyboard.press('ArrowRight');
    await tabTo('maxTokens');
    await page.keyboard.press('Home');
    await tabTo('system');
    await page.keyboard.type(language === 'ko' ? '한 단어로만 답하세요.' : 'Answer in one word.');
    await isSeen();
    const [temperature, length] = await page.locator('output').allInnerTexts().then((texts) => [texts[0], texts[2]]);
    check(Number(temperature) > 0 && length === '16', `${temperature} ${length}`);
    return [temperature, length];
  });

  await step(page, name('take-back'), async () => {
    await tabTo(said.undo, true);
    await page.keyboard.press('Enter');
    return (await ended(1)).length;
  });

  await step(page, name('search-and-open'), async () => {
    await tabTo('new', true);
    await page.keyboard.press('Enter');
    await until('a new conversation', async () => (await answers()).length === 0);
    await tabTo('search', true);
    await page.keyboard.type(SEARCHED[language]);
    const found = page.locator('#list button');
    await until('one that is found', async () => (await found.count()) === 1 && /zip/.test(await found.innerText()));
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await ended(1);
    check((await focused()) === 'message', 'the message has not the focus');
  });

  await step(page, name('export'), async () => {
    await tabTo('markdown', true);
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
    const text = fs.readFileSync(await download.path(), 'utf8');
    check(text.includes(QUESTIONS[language][0]), text);
    return download.suggestedFilename();
  });

  await step(page, name('delete-asks-first'), async () => {
    await tabTo('delete');
    await page.keyboard.press('Enter');
    await page.locator('#sure').waitFor();
    await page.keyboard.press('Escape');
    check((await answers()).length === 1, 'it is gone');
    await page.keyboard.press('Enter');
    await tabTo('yes');
    await isSeen();
  });

  await step(page, name('deleted'), async () => {
    await page.keyboard.press('Enter');
    await until('an empty page', async () => (await answers()).length === 0);
    await until('an empty list', async () => (await page.locator('#list button').count()) === 0);
  });
}

/** At 200 %, a window of 1280 pixels has room for 640. */
async function zoomed(browser, address, language) {
  const context = await browser.newContext({ viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, locale: language === 'ko' ? 'ko-KR' : 'en-GB' });
  const page = await context.newPage();
  const { focused, isSeen, ended, type } = keyboardOf(page);
  const fits = () => page.evaluate(() => document.scrollingElement.scrollWidth <= document.scrollingElement.clientWidth);

  await step(page, `zoomed-${language}`, async () => {
    await page.goto(address);
    await page.locator('#message').waitFor();
    await type(QUESTIONS[language][0]);
    await ended(1);
    check(await fits(), 'it is wider than the window');
  });

  await step(page, `zoomed-by-keyboard-${language}`, async () => {
    const seen = [];
    for (let n = 0; n < 60 && seen.at(-1) !== 'message'; n++) {
      await page.keyboard.press('Tab');
      const now = await focused();
      if (now) {
        seen.push(now);
        await isSeen();
      }
    }
    for (const one of ['send', 'menu', 'markdown', 'delete', 'log', 'message']) check(seen.includes(one), `${one} cannot be reached: ${seen.join()}`);
    check(await fits(), 'it is wider than the window');
    return seen;
  });
  await context.close();
}

const server = await served();
const browser = await launch();
try {
  let n = 0;
  for (const language of ['en', 'ko']) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: language === 'ko' ? 'ko-KR' : 'en-GB', acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    await page.goto(await server.address(n++));
    await talk(page, language);
    await context.close();
    await zoomed(browser, await server.address(n++), language);
  }
} finally {
  await browser.close();
  server.stop();
}
process.exit(steps.conclude(path.join(out, 'shots')));
