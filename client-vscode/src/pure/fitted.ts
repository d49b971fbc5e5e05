import type { Translate } from './verdict.js';

/** What `planfirst models fit --json` prints; `path` is null where the original is the quickest. */
export interface Fitted {
  model: string;
  path: string | null;
  layout: string;
  complete: boolean;
  tried: { tried: string; kept: boolean; read?: [number, number]; written?: [number, number] }[];
}

/** What was found, in a sentence or two. */
export function fittedText(found: Fitted, t: Translate): string {
  const rest = found.complete ? '' : ` ${t('There was no time to try everything; run the command again to continue.')}`;
  if (!found.path) {
    return t('Planfirst: {0} stays as it is: no copy of it is quicker here and as good.', found.model) + rest;
  }
  const kept = found.tried.filter((one) => one.kept && one.tried.startsWith('layout ')); // each against the one before
  const gain = (what: 'read' | 'written'): string => kept.reduce((all, one) => all * ratio(one[what]), 1).toFixed(1);
  const text = t('Planfirst: a copy of {0} ({1}) reads {2} times and writes {3} times as fast here. It is used once the server restarts.', found.model, found.layout, gain('read'), gain('written'));
  return text + rest;
}

function ratio([before, after]: [number, number] = [1, 1]): number {
  return after / before;
}
