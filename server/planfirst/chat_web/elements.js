// Elements, made by name and filled with text; nothing is read as HTML.

export const words = document.body.dataset;
export const at = (id) => document.getElementById(id);
export const tell = (text) => (at('status').textContent = text);
export const complain = (text) => (at('problem').textContent = text);
const ELEMENTS = new Set('p ul ol li blockquote strong em s table thead tbody tr th td h3 h4 h5 h6 code br hr'.split(' '));

export function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

export function button(text, act) {
  const element = make('button', { type: 'button' }, text);
  element.addEventListener('click', () => act(element));
  return element;
}

/** A node of the Markdown tree; of a kind that is not known, only what is in it. */
function built(node) {
  if (typeof node === 'string') return document.createTextNode(node);
  const [name, attributes, ...inside] = node;
  if (name === 'pre') return codeBlock(attributes.label, inside.join(''));
  const within = inside.map(built);
  if (name === 'a' && /^https?:\/\//i.test(attributes.href)) {
    return make('a', { href: attributes.href, rel: 'noopener noreferrer', target: '_blank' }, ...within);
  }
  if (!ELEMENTS.has(name)) return make('span', {}, ...within);
  return make(name, name === 'ol' && attributes.start ? { start: attributes.start } : {}, ...within);
}

function codeBlock(label, code) {
  const copy = button(words.copy, async () => {
    try {
      await navigator.clipboard.writeText(code);
      copy.textContent = words.copied;
      tell(words.copied);
    } catch {
      complain(words.copyFailed);
    }
    setTimeout(() => (copy.textContent = words.copy), 2000);
  });
  const pre = make('pre', { tabindex: '0' }, code); // a long line is scrolled by keyboard
  return make('div', { class: 'code' }, make('div', {}, make('span', { class: 'faint' }, label || ''), copy), pre);
}

/** Shows blocks in an element, and leaves those alone that are there already: a selection and the focus stay. */
export function fill(element, tree) {
  const before = element.shown || [];
  const now = tree.map((node) => JSON.stringify(node));
  let same = 0;
  while (same < before.length && before[same] === now[same]) same++;
  while (element.childNodes.length > same) element.lastChild.remove();
  element.append(...tree.slice(same).map(built));
  element.shown = now;
}

export function turnElement(turn) {
  const answer = make('div', { class: 'answer' });
  fill(answer, turn.answer);
  const name = [turn.model || words.answer, turn.stopped && words.stopped].filter(Boolean).join(', ');
  return make('article', {}, make('h2', {}, words.you), make('div', { class: 'said' }, turn.user), make('h2', {}, name), answer);
}
