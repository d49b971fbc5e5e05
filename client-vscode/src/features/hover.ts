import * as vscode from 'vscode';

import type { Context } from '../context.js';
import type { WireExample, WireKnown, WireLocation, WireSite } from '../protocol.js';
import { commandLink, escapeMarkdown } from '../pure/markdown.js';
import { similarText } from '../pure/match.js';
import { siteAt } from './targets.js';

const { t } = vscode.l10n;
const LINKS = ['generate', 'generateFromPlan', 'plan', 'replan', 'editPlan', 'showPrompt'].map((verb) => `planfirst.${verb}`);

/** The hover over a request: its plan, where that came from, and what can be done. It never starts a model. */
export async function hoverAt(
  context: Context,
  document: vscode.TextDocument,
  position: vscode.Position,
  pointed: (site: WireSite | undefined) => void,
): Promise<vscode.Hover | undefined> {
  if (context.server.state !== 'running') {
    return undefined; // nothing is known, which is not the same as knowing that there is nothing
  }
  const site = await siteAt(context, document, position.line, position.line);
  pointed(site);
  if (!site || !vscode.workspace.getConfiguration('planfirst').get('editor.hover', true)) {
    return undefined;
  }
  const markdown = new vscode.MarkdownString(render(context, document, site), true);
  markdown.isTrusted = { enabledCommands: LINKS };
  const range = new vscode.Range(site.first, 0, site.requestLast, document.lineAt(Math.max(site.first, site.requestLast)).text.length);
  return new vscode.Hover(markdown, range.contains(position) ? range : undefined);
}

function render(context: Context, document: vscode.TextDocument, site: WireSite): string {
  const location: WireLocation = {
    uri: document.uri.toString(),
    version: document.version,
    range: { start: { line: site.first, character: 0 }, end: { line: site.last + 1, character: 0 } },
  };
  const link = (icon: string, title: string, verb: string): string => `$(${icon})&nbsp;${commandLink(title, `planfirst.${verb}`, [location])}`;
  const stale = context.memory.stale(document.uri, site);
  const edit = link('edit', t('Edit plan'), 'editPlan');
  const prompt = link('note', t('Show prompt'), 'showPrompt');
  const replan = link('refresh', t('Replan'), 'replan');
  const lines: string[] = [];
  // What can be done stands above the plan: a long hover is cut off below.
  const heading = (title: string, ...links: string[]): string => [`**${title}**`, ...links].join('&nbsp;&nbsp; ');
  if (site.plan) {
    lines.push(heading(t('Plan in this comment'), link('play', t('Generate'), 'generateFromPlan'), edit, prompt, replan), steps(site.plan));
    if (stale) {
      lines.push(`$(warning) ${escapeMarkdown(t('The comment has changed since this plan was made, so the plan may be stale.'))}`);
    }
  } else if (site.known) {
    const { known } = site;
    lines.push(heading(t('Plan'), link('play', t('Generate'), 'generate'), edit, prompt, replan), steps(known.steps), example(known.example));
    lines.push(`$(history) ${escapeMarkdown(origin(known))}`);
  } else if (stale) {
    lines.push(heading(t('Stale plan'), replan, link('play', t('Plan and generate'), 'generate'), edit), steps(stale.steps));
    lines.push(`$(warning) ${escapeMarkdown(t('It was made for “{0}”, and the comment has changed since.', firstLine(stale.request)))}`);
  } else {
    lines.push(`**Planfirst**: ${escapeMarkdown(t('there is no plan for this comment yet.'))}`);
    lines.push([link('list-ordered', t('Plan'), 'plan'), link('play', t('Plan and generate'), 'generate'), prompt].join('&nbsp;&nbsp; '));
  }
  return lines.join('\n\n');
}

function origin({ planner, draft, made }: WireKnown): string {
  if (!planner) {
    return t('Written by you, {0}.', age(made));
  }
  return draft ? t('Planned by {0} from a draft of the code, {1}.', planner, age(made)) : t('Planned by {0}, {1}.', planner, age(made));
}

function steps(plan: readonly string[]): string {
  return plan.map((step, n) => `${n + 1}. ${escapeMarkdown(step)}`).join('\n');
}

function example(found: WireExample | null): string {
  if (!found) {
    return `$(search) ${escapeMarkdown(t('No similar question was close enough to be used.'))}`;
  }
  const source = [found.source, found.licence, found.place].filter(Boolean).map(escapeMarkdown).join(' · ');
  return `$(search) ${escapeMarkdown(similarText(found, t))}  \n${source}`;
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}

/** How long ago something was made, in words; `made` in seconds since 1970. */
function age(made: number): string {
  const minutes = Math.floor((Date.now() / 1000 - made) / 60);
  if (minutes < 1) {
    return t('just now');
  }
  if (minutes < 60) {
    return t('{0} min ago', minutes);
  }
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? t('{0} h ago', hours) : t('{0} d ago', Math.floor(hours / 24));
}
