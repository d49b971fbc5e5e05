import type { Answer, ChatModel, Goal, WireExample, WireNotice } from '../protocol.js';
import { inert } from './inert.js';
import { escapeMarkdown } from './markdown.js';
import { scoreText } from './match.js';
import { isQuiet } from './notices.js';
import { verdictLabel } from './verdict.js';

type Translate = (text: string, ...values: (string | number)[]) => string;

const MOST_EXAMPLES = 3;

/** What a run made, as Markdown for a chat: the example with its score and licence, and what was asked for. */
export function answerText(answer: Answer, goal: Goal, language: string, t: Translate): string {
  const parts = [examplesText(answer.examples, t)];
  if (answer.plan.length > 0 && goal !== 'prompt') {
    parts.push(answer.plan.map((step, n) => `${n + 1}. ${plain(step)}`).join('\n'));
  }
  if (goal === 'prompt' && answer.prompt) {
    parts.push(fenced([answer.prompt.system, answer.prompt.user].filter(Boolean).join('\n\n'), 'text'));
  }
  if (goal === 'generate' && answer.code.trim()) {
    parts.push(fenced(answer.code, language));
  }
  const { verdict } = answer;
  if (verdict && answer.code.trim()) {
    const said = verdict.status === 'failed' || verdict.status === 'not checked' ? verdict.output : '';
    parts.push([`**${plain(verdictLabel(verdict, t).text)}**`, plain(said)].filter(Boolean).join('  \n'));
  }
  const notices = answer.notices.filter((notice) => !isQuiet(notice)).map(noticeText);
  return [...parts, ...notices].join('\n\n');
}

/** A notice, set apart from what a model wrote. */
export function noticeText({ text }: WireNotice): string {
  return `> ${plain(text)}`;
}

/** Code in a fence that no line of it can end. */
export function fenced(text: string, label: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${/^[\w+#.-]*$/.test(label) ? label : ''}\n${text.trimEnd()}\n${ticks}`;
}

/** How a model is shown in the editor's picker. */
export function modelDetail(model: ChatModel, t: Translate): string {
  const size = model.size > 0 ? `${(model.size / 1e6).toFixed(0)} MB` : '';
  return [model.inUse ? t('in use') : '', model.isLocal ? size : t('your server'), model.licence].filter(Boolean).join(' · ');
}

/** The lines of a document that tell where a request goes that was typed elsewhere: from the nearest one with something on it down to the cursor. */
export function linesAt(lines: readonly string[], cursor: number): { first: number; last: number } {
  const last = Math.min(Math.max(cursor, 0), Math.max(lines.length - 1, 0));
  let first = last;
  while (first > 0 && !lines[first]?.trim()) {
    first--;
  }
  return { first: lines[first]?.trim() ? first : last, last };
}

function examplesText(examples: readonly WireExample[], t: Translate): string {
  const rows = examples.slice(0, MOST_EXAMPLES).map((example) => {
    const source = [example.source, example.licence, example.place].filter(Boolean).map(plain).join(' · ');
    const use = example.used ? `**${plain(t('Used'))}**: ` : '';
    return `- ${use}${plain(example.question)} — ${plain(scoreText(example, t))}  \n  ${source}`;
  });
  const none = examples.some(({ used }) => used) ? [] : [plain(t('No similar question was close enough to be used.'))];
  return [...none, ...(rows.length > 0 ? [rows.join('\n')] : [])].join('\n\n');
}

/** On one line, and shown as it is. */
function plain(text: string): string {
  return inert(escapeMarkdown(text.replace(/\s+/g, ' ').trim()));
}
