// A walk: steps in order, each with its time, its screenshot and its outcome, through one workbench after another. Knows nothing
// of what is tested.
import fs from 'node:fs';
import path from 'node:path';

import { start } from './workbench.mjs';

export function check(condition, what) {
  if (!condition) throw new Error(what);
}

export class Walk {
  results = [];
  ends = [];

  /**
   * @param which all, short or wheels: which steps are taken
   * @param out folder for profiles, logs and screenshots; it is emptied
   */
  static async begin(which, out) {
    return Object.assign(new Walk(), { which, out, vs: await start(out) });
  }

  get page() {
    return this.vs.page;
  }

  /** Another workbench with other settings; the screenshots go on counting. `before` may change its workspace. */
  async session(name, options, before = () => {}) {
    const shots = this.vs.shots;
    await this.vs.stop();
    this.vs = await start(path.join(this.out, name), options);
    this.vs.shots = shots;
    this.vs.shotsFolder = path.join(this.out, 'shots');
    before();
    await this.vs.open();
  }

  async step(name, action, { short = false, wheels = false } = {}) {
    if ((this.which === 'short' && !short) || (this.which === 'wheels') !== wheels) return;
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
    result.shot = await this.vs.shot(name).catch(() => null);
    this.results.push(result);
    const value = result.value === undefined ? '' : `  ${JSON.stringify(result.value).slice(0, 300)}`;
    console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${String(result.ms).padStart(6)} ms  ${name}${value}${result.error ? `  ${result.error}` : ''}`);
  }

  /** What is to be done in the end, however the walk goes. */
  finally(action) {
    this.ends.push(action);
  }

  async end() {
    for (const action of this.ends) action();
    fs.writeFileSync(path.join(this.out, 'results.json'), JSON.stringify(this.results, null, 2));
    await this.vs.stop();
  }
}
