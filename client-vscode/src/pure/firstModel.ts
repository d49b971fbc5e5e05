/** A row of `planfirst models list --json`, as far as it decides what is offered. */
export interface ListedModel {
  name: string;
  size: number;
  installed: boolean;
  origin?: string; // of an installed one: shipped, downloaded or imported
  problem?: string;
}

const LARGER = 'qwen2.5-coder-1.5b';
const SMALLER = 'qwen2.5-coder-0.5b';
const ROOMY = 8 * 2 ** 30; // bytes of memory from which the larger one leaves enough for everything else

/** The model to offer a machine with that many bytes of memory; undefined where a model is installed that did not ship with Planfirst. */
export function modelToOffer<Row extends ListedModel>(rows: readonly Row[], memory: number): Row | undefined {
  if (rows.some((row) => row.installed && row.origin !== 'shipped' && !row.problem)) {
    return undefined;
  }
  const wanted = memory >= ROOMY ? LARGER : SMALLER;
  return rows.find((row) => row.name === wanted);
}

/** A size in bytes as a person says it. */
export function sizeText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${(bytes / 1e6).toFixed(0)} MB`;
}

/** The model that the status bar names: the setting's, and where that is `auto`, the one that answered last. */
export function shownModel(named: string, answered: string | undefined): string {
  const name = named.split(/[\\/]/).at(-1)?.replace(/\.gguf$/i, '') || 'auto';
  return name.toLowerCase() === 'auto' ? answered || 'auto' : name;
}
