// The steps of a walk: each with its time, its screenshot and its outcome. Knows nothing of what is walked through.
import path from 'node:path';

export function check(condition, what) {
  if (!condition) throw new Error(what);
}

/** Names for screenshots in a folder, in the order in which they are taken. */
export function numbered(folder) {
  let count = 0;
  return (name) => path.join(folder, `${String(++count).padStart(2, '0')}-${name}.png`);
}

export class Steps {
  results = [];

  /** @param where what is walked through, for the log */
  constructor(where = '') {
    this.where = where;
  }

  /** A step that throws has failed, and the next one is taken all the same. `shoot` takes the screenshot. */
  async take(name, action, shoot) {
    const begun = Date.now();
    const result = { name, ok: true };
    try {
      result.value = await action();
    } catch (error) {
      result.ok = false;
      result.error = String(error.message ?? error).slice(0, 600);
    }
    result.ms = Date.now() - begun;
    result.shot = await shoot().catch(() => null);
    this.results.push(result);
    const value = result.value === undefined ? '' : `  ${JSON.stringify(result.value).slice(0, 300)}`;
    console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${String(result.ms).padStart(6)} ms  ${this.where && `${this.where}: `}${name}${value}${result.error ? `  ${result.error}` : ''}`);
  }

  /** Says how many passed. Gives the exit code; a walk without a step has failed. */
  conclude(shots) {
    const passed = this.results.filter(({ ok }) => ok).length;
    console.log(`${this.where && `${this.where}: `}${passed} of ${this.results.length} steps passed; screenshots are in ${path.relative(process.cwd(), shots)}`);
    return passed === this.results.length && passed > 0 ? 0 : 1;
  }
}
