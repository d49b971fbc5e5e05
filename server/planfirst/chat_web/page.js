// The page of `planfirst chat --web`: the conversation that is open, and what the user does.
import { at, button, complain, fill, make, tell, turnElement, words } from './elements.js';
import { call, rows } from './requests.js';

const SLIDERS = ['temperature', 'topP', 'maxTokens'];

let conversation = null; // the one that is open, as the server tells it; null for a new one
let writing = null; // the id in which this page has an answer written; '' until the server has given one out
let edits = false; // whether the message takes the place of the last one
let opened = 0; // counts openings, so that a late answer of the server does not show what was left
const moved = new Set(); // the sliders that the user has moved; the others say what the settings say, as near as they can

// --- the conversation

function show(next) {
  conversation = next;
  const log = at('log');
  const turns = next ? next.turns : [];
  const before = log.shown || [];
  const now = turns.map((turn) => JSON.stringify(turn));
  let same = 0;
  while (same < before.length && before[same] === now[same]) same++;
  while (log.childNodes.length > same) log.lastChild.remove();
  log.append(...turns.slice(same).map(turnElement));
  log.shown = now;
  log.querySelectorAll('.tools').forEach((tools) => tools.remove());
  if (turns.length) {
    const tools = [button(words.retry, retry), button(words.edit, edit), button(words.undo, undo)];
    log.lastChild.append(make('div', { class: 'row tools' }, ...tools));
  }
  const title = next && next.title ? next.title : words.new;
  at('title').textContent = title;
  document.title = `${title} – Planfirst`;
  at('welcome').hidden = turns.length > 0;
  at('actions').hidden = !turns.length;
  history.replaceState(null, '', next ? `#${next.id}` : location.pathname + location.search);
  if (next && next.isWritten && writing === null) tell(words.elsewhere);
  for (const item of at('list').querySelectorAll('button')) mark(item);
  busy();
}

function mark(item) {
  if (conversation && item.dataset.id === conversation.id) item.setAttribute('aria-current', 'true');
  else item.removeAttribute('aria-current');
}

function busy() {
  const is = writing !== null;
  at('send').disabled = is;
  at('stop').hidden = !is;
  at('log').setAttribute('aria-busy', String(is));
  document.querySelectorAll('.tools button, #delete').forEach((one) => (one.disabled = is));
}

function atEnd(act) {
  const page = document.scrollingElement;
  const was = page.scrollHeight - page.scrollTop - page.clientHeight < 80;
  act();
  if (was) page.scrollTo({ top: page.scrollHeight, behavior: 'instant' });
}

/** Does something, and shows what went wrong. */
async function attempt(act) {
  complain('');
  try {
    return await act();
  } catch (error) {
    complain(error.message);
    return undefined;
  }
}

const path = (what = '') => `/api/conversations/${conversation.id}${what}`;

function asked() {
  const data = { system: at('system').value };
  for (const name of moved) data[name] = Number(at(name).value);
  return data;
}

/** Has an answer written and shows it; `message` is null for another answer to the last one. */
async function answer(address, message) {
  const started = ++opened;
  writing = conversation ? conversation.id : '';
  at('welcome').hidden = true;
  busy();
  tell(words.writing);
  const log = at('log');
  const takesPlace = message === null || edits;
  const turn = { user: message ?? conversation.turns.at(-1).user, answer: [], model: '', stopped: false };
  const notes = [];
  let failed = '';
  let last = null;
  if (takesPlace && log.lastChild) log.lastChild.remove();
  log.shown = (log.shown || []).slice(0, log.childNodes.length);
  log.append(turnElement(turn));
  const shown = log.lastChild.querySelector('.answer');
  document.scrollingElement.scrollTo({ top: document.scrollingElement.scrollHeight, behavior: 'instant' });
  try {
    const data = message === null ? asked() : { ...asked(), message };
    for await (const row of rows(await call(address, 'POST', data))) {
      if (row.id) writing = row.id;
      if (row.answer) atEnd(() => fill(shown, row.answer));
      if (row.notice) notes.push(row.notice);
      if (row.error) failed = row.error;
      if (row.conversation) last = row.conversation;
    }
  } catch (error) {
    failed = error.message;
  }
  writing = null;
  const isKept = last && (message === null || last.turns.at(-1)?.source === message);
  if (message !== null && !isKept && !at('message').value) at('message').value = message;
  if (isKept) setEdits(false);
  if (started === opened || (last && conversation?.id === last.id)) atEnd(() => show(last || conversation));
  else busy();
  complain(failed);
  const ended = last && last.turns.at(-1)?.stopped ? words.stopped : words.written;
  tell(failed ? '' : notes.join(' ') || ended);
  list();
}

async function send() {
  const box = at('message');
  const message = box.value;
  if (writing !== null) return;
  complain('');
  box.value = '';
  box.focus();
  await answer(conversation ? path(edits ? '/edit' : '/ask') : '/api/ask', message);
}

function retry() {
  complain('');
  at('message').focus();
  return answer(path('/retry'), null);
}

function edit() {
  setEdits(true);
  at('message').value = conversation.turns.at(-1).source;
  at('message').focus();
}

async function undo() {
  at('message').focus();
  await attempt(async () => {
    const told = await (await call(path('/undo'), 'POST', {})).json();
    show(told.conversation);
    tell(told.notice);
    list();
  });
}

function setEdits(is) {
  edits = is;
  at('editing').hidden = !is;
}

async function stop() {
  if (writing) await attempt(() => call(`/api/conversations/${writing}/stop`, 'POST', {}));
}

async function open(id) {
  const started = ++opened;
  at('side').classList.remove('open');
  at('menu').setAttribute('aria-expanded', 'false');
  if (edits) at('message').value = '';
  setEdits(false);
  tell('');
  await attempt(async () => {
    const found = id ? (await (await call(`/api/conversations/${encodeURIComponent(id)}`)).json()).conversation : null;
    if (started !== opened) return;
    show(found);
    at('system').value = found ? found.system : '';
    if (found) document.scrollingElement.scrollTo({ top: document.scrollingElement.scrollHeight, behavior: 'instant' });
  });
}

/** Another window may have gone on with it. */
async function refresh() {
  list();
  const started = opened;
  if (writing !== null || !conversation || edits) return;
  const now = await attempt(async () => (await call(path())).json());
  if (now && started === opened && writing === null) show(now.conversation);
}

async function list() {
  const text = at('search').value;
  await call(`/api/conversations?search=${encodeURIComponent(text)}`)
    .then((response) => response.json())
    .then((found) => {
      if (text !== at('search').value) return;
      const items = found.map((one) => {
        const when = new Date(one.changed).toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
        const item = button(one.title, () => choose(one.id));
        item.append(make('small', {}, one.found || when));
        item.dataset.id = one.id;
        mark(item);
        return make('li', {}, item);
      });
      at('list').replaceChildren(...items);
      if (!items.length) at('list').append(make('li', { class: 'faint' }, text.trim() ? words.noneFound : words.none));
    })
    .catch((error) => complain(error.message));
}

async function choose(id) {
  await open(id);
  at('message').focus();
}

async function download(kind) {
  await attempt(async () => {
    const response = await call(path(`/export?format=${kind}`));
    const link = make('a', { download: `planfirst-${conversation.id}.${kind}` });
    link.href = URL.createObjectURL(await response.blob());
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
}

async function erase() {
  at('sure').close();
  await attempt(async () => {
    await call(path(), 'DELETE');
    await choose('');
  });
  list();
}

async function state() {
  await attempt(async () => {
    const now = await (await call('/api/state')).json();
    at('model').textContent = now.model;
    at('system').placeholder = now.system;
    at('maxTokens').max = now.longest;
    for (const name of SLIDERS) {
      at(name).value = now[name];
      slide(name, now[name]);
    }
  });
}

function slide(name, value) {
  document.querySelector(`output[for="${name}"]`).textContent = value;
}

// --- what the user does

at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
at('message').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === 229) return; // of a Korean syllable
  event.preventDefault();
  send();
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.isComposing || at('sure').open) return;
  if (writing !== null) stop();
  else if (edits) at('uncover').click();
});
at('uncover').addEventListener('click', () => {
  setEdits(false);
  at('message').value = '';
  at('message').focus();
});
at('stop').addEventListener('click', () => {
  stop();
  at('message').focus();
});
at('new').addEventListener('click', () => choose(''));
at('menu').addEventListener('click', () => {
  const is = at('side').classList.toggle('open');
  at('menu').setAttribute('aria-expanded', String(is));
});
at('search').addEventListener('input', list);
at('markdown').addEventListener('click', () => download('md'));
at('json').addEventListener('click', () => download('json'));
at('delete').addEventListener('click', () => {
  at('which').textContent = conversation.title;
  at('sure').showModal();
});
at('no').addEventListener('click', () => at('sure').close());
at('yes').addEventListener('click', erase);
for (const name of SLIDERS) {
  at(name).addEventListener('input', () => {
    moved.add(name);
    slide(name, at(name).value);
  });
}
window.addEventListener('focus', refresh);

open(/^#[0-9a-f]{8}$/.test(location.hash) ? location.hash.slice(1) : '');
state();
list();
at('message').focus();
