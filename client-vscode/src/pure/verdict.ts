import type { AttemptEvent, WireVerdict } from '../protocol.js';

export type Translate = (text: string, ...values: (string | number)[]) => string;

/** A verdict in a few words, with the icon that goes with it. */
export function verdictLabel(verdict: WireVerdict, t: Translate): { icon: 'pass' | 'error' | 'question'; text: string } {
  const tries = verdict.attempts > 1 ? ` · ${t('{0} attempts', verdict.attempts)}` : '';
  if (verdict.status === 'passed') {
    return { icon: 'pass', text: t('Passed: {0} of {1} checks hold', verdict.held, verdict.of) + tries };
  }
  if (verdict.status === 'read') {
    return { icon: 'question', text: t('Not run. {0}', verdict.check) + tries };
  }
  if (verdict.status === 'failed' && !verdict.placed) {
    return { icon: 'error', text: t('Not written: it does not fit into the file') + tries };
  }
  if (verdict.status === 'failed') {
    const text = verdict.of > 0 ? t('Failed: {0} of {1} checks hold', verdict.held, verdict.of) : t('Failed: reading the code shows a fault');
    return { icon: 'error', text: text + tries };
  }
  return { icon: 'question', text: t('Not checked') };
}

/** All that is known of a verdict, as a document. */
export function verdictText(verdict: WireVerdict, t: Translate): string {
  const parts: [string, string][] = [
    [t('How it was written'), verdict.how],
    [t('What was checked'), verdict.check],
    [verdict.status === 'failed' ? t('What it gave') : t('Why it was not run'), reason(verdict, t)],
  ];
  const shown = parts.filter(([, text]) => text).map(([title, text]) => `${title}:\n\n${text.trim()}\n`);
  return [`${verdictLabel(verdict, t).text}\n`, ...shown].join('\n');
}

/** An attempt after the first, and what is left of its budget; undefined for the first, of which the stage tells. */
export function attemptText(event: AttemptEvent, t: Translate): string | undefined {
  if (event.doing === 'check') {
    return event.number > 1 ? t('Checking attempt {0}', event.number) : t('Checking the code');
  }
  if (event.doing === 'failed') {
    return t('Attempt {0} fails: {1}', event.number, event.output);
  }
  if (event.number === 1) {
    return undefined;
  }
  return t('Attempt {0} of at most {1}, {2} ({3} s and {4} tokens left)', event.number, event.of, event.how, Math.round(event.secondsLeft), event.tokensLeft);
}

function reason(verdict: WireVerdict, t: Translate): string {
  switch (verdict.needs) {
    case 'permission':
      return t('Running it has not been allowed. Set planfirst.verify.run to on, then choose Try Again.');
    case 'trust':
      return t('Nothing is run in a workspace that is not trusted. Trust it, then choose Try Again.');
    default:
      return verdict.output;
  }
}
