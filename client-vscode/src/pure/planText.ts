import { MAX_STEPS } from '../protocol.js';
import { splitLines } from './lines.js';

const STEP = /^\s*(?:\d{1,2}[.)]|[-*])\s+(\S.*)$/;

/** The text of a plan document: comment lines that begin with `#`, then the numbered steps. */
export function planText(request: string, heading: readonly string[], steps: readonly string[]): string {
  const head = [...splitLines(request), '', ...heading].map((line) => `# ${line}`.trimEnd());
  return [...head, '', ...steps.map((step, n) => `${n + 1}. ${step}`), ''].join('\n');
}

/** A step of a plan document, and the first and the last of its rows. */
export interface PlacedStep {
  text: string;
  first: number;
  last: number;
}

/**
 * The steps in a plan document, in the order they stand there, whatever their numbers are. A line that begins with white
 * space goes on with the step above it; any other line is a step too, so that a number can be left out.
 */
export function placedSteps(text: string): PlacedStep[] {
  const steps: PlacedStep[] = [];
  for (const [row, line] of splitLines(text).entries()) {
    if (!line.trim() || line.startsWith('#')) {
      continue;
    }
    const step = STEP.exec(line);
    const above = steps.at(-1);
    if (!step && /^\s/.test(line) && above) {
      above.text += ` ${line.trim()}`;
      above.last = row;
    } else {
      steps.push({ text: (step?.[1] ?? line).trim(), first: row, last: row });
    }
  }
  return steps;
}

/** Their texts. */
export function parsePlan(text: string): string[] {
  return placedSteps(text).map((step) => step.text);
}

export type PlanFault = 'empty' | 'long';

/** What keeps steps from being a plan; undefined when nothing does. */
export function planFault(steps: readonly string[]): PlanFault | undefined {
  return steps.length === 0 ? 'empty' : steps.length > MAX_STEPS ? 'long' : undefined;
}

/** Which step a line of code says it answers, as in `# 2. read it` or `// step 2: read it`; counted from 1. */
export function stepOf(line: string, count: number): number | undefined {
  const found = /(?:#|\/\/|--|;|%|\/\*)\s*(?:step\s+(\d)\b|(\d)[.)]\s)/i.exec(line);
  const step = Number(found?.[1] ?? found?.[2]);
  return step >= 1 && step <= count ? step : undefined;
}
