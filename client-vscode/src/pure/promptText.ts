import type { WirePrompt, SectionName } from '../protocol.js';
import { splitLines } from './lines.js';

/** The exact text that is sent: the system message, a blank line, the user message. */
export function promptText(prompt: WirePrompt): string {
  return prompt.system ? `${prompt.system}\n\n${prompt.user}` : prompt.user;
}

export interface SectionPlace {
  name: SectionName | 'system';
  /** Line of the prompt's text that the section begins in; the frame's own heading belongs to it. */
  line: number;
  tokens: number;
  trimmed: number;
}

/** Where each section begins in the prompt's text, from top to bottom; one that cannot be found is left out. */
export function sectionPlaces(prompt: WirePrompt): SectionPlace[] {
  const before = prompt.system ? splitLines(`${prompt.system}\n\n`).length - 1 : 0;
  const taken: [number, number][] = []; // the longest first, so that no section is found inside another one
  const longest = [...prompt.sections].sort((a, b) => b.text.length - a.text.length);
  const found = longest.flatMap((section): SectionPlace[] => {
    const at = positionOf(prompt.user, section.text, taken);
    if (at === undefined) {
      return [];
    }
    taken.push([at, at + section.text.length]);
    const line = splitLines(prompt.user.slice(0, at)).length - 1 + headingAbove(prompt.user, at);
    return [{ name: section.name, line: before + line, tokens: section.tokens, trimmed: section.trimmed }];
  });
  return found.sort((a, b) => a.line - b.line);
}

/** A section's text stands on lines of its own in the templates; the first such place counts, else the first at all. */
function positionOf(text: string, section: string, taken: readonly [number, number][]): number | undefined {
  if (!section) {
    return undefined;
  }
  let first: number | undefined;
  for (let at = text.indexOf(section); at >= 0; at = text.indexOf(section, at + 1)) {
    const end = at + section.length;
    if (taken.some(([from, to]) => at < to && end > from)) {
      continue;
    }
    const ends = end === text.length || text[end] === '\n';
    const begins = at === 0 || text[at - 1] === '\n' || /\n?Request[^\n]*: $/.test(text.slice(0, at));
    if (begins && ends) {
      return at;
    }
    first ??= at;
  }
  return first;
}

/** -1 when the line above is a heading such as `Plan:`, else 0. */
function headingAbove(text: string, at: number): number {
  if (text[at - 1] !== '\n') {
    return 0;
  }
  const above = splitLines(text.slice(0, at - 1)).at(-1) ?? '';
  return above.trim() && /^[A-Z]/.test(above) && /:/.test(above) ? -1 : 0;
}
