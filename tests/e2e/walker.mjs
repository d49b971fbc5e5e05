// A walk: steps in order, through one workbench after another. Knows nothing of what is tested.
import fs from 'node:fs';
import path from 'node:path';

import { Steps } from './step.mjs';
import { start } from './workbench.mjs';

export class Walk {
  steps = new Steps();
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
    const { shotFile } = this.vs;
    await this.vs.stop();
    this.vs = await start(path.join(this.out, name), options);
    this.vs.shotFile = shotFile;
    before();
    await this.vs.open();
  }

  async step(name, action, { short = false, wheels = false } = {}) {
    if ((this.which === 'short' && !short) || (this.which === 'wheels') !== wheels) return;
    if (process.env.E2E_ONLY && name !== 'open' && !new RegExp(process.env.E2E_ONLY).test(name)) return;
    await this.steps.take(name, action, () => this.vs.shot(name));
  }

  /** What is to be done in the end, however the walk goes. */
  finally(action) {
    this.ends.push(action);
  }

  async end() {
    for (const action of this.ends) action();
    fs.writeFileSync(path.join(this.out, 'results.json'), JSON.stringify(this.steps.results, null, 2));
    await this.vs.stop();
  }
}
