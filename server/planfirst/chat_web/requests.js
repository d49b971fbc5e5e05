// What the page asks of its server.
import { words } from './elements.js';

export async function call(path, method = 'GET', data = undefined) {
  const headers = { 'Accept-Language': document.documentElement.lang };
  if (data !== undefined) headers['Content-Type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, { method, headers, body: data === undefined ? undefined : JSON.stringify(data) });
  } catch {
    throw new Error(words.unreachable);
  }
  if (response.ok) return response;
  const text = await response.text();
  let told = text;
  try {
    told = JSON.parse(text).error;
  } catch {
    // a refusal is a sentence
  }
  throw new Error(told);
}

export async function* rows(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read().catch(() => {
      throw new Error(words.unreachable);
    });
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}
