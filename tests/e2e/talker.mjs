// The model that the walks through a conversation talk with, and a data folder of their own for it.
import fs from 'node:fs';
import path from 'node:path';

import { MODEL, ROOT } from './workbench.mjs';

/** The starter holds no conversation, so a made model that writes nonsense stands in for it. */
export const IS_REAL = MODEL !== 'starter';
export const TALKER = IS_REAL ? MODEL : path.join(ROOT, 'slow.gguf');

/** The command's settings: the same answer each time, and not a long one. */
export const settings = (more = {}) =>
  Object.entries({ 'planner.model': TALKER, 'chat.maxTokens': 200, 'chat.temperature': 0, ...more }).flatMap(([name, value]) => ['--set', `${name}=${value}`]);

/** Empties `out`. The data folder in it shares models and store with $PLANFIRST_HOME, and keeps its own conversations. */
export function prepared(out) {
  fs.rmSync(out, { recursive: true, force: true });
  const data = path.join(out, 'planfirst');
  for (const folder of [data, path.join(out, 'shots')]) fs.mkdirSync(folder, { recursive: true });
  for (const name of ['models', 'embedding', 'store']) {
    const there = path.join(process.env.PLANFIRST_HOME, name);
    if (fs.existsSync(there)) fs.symlinkSync(fs.realpathSync(there), path.join(data, name));
  }
  return data;
}
