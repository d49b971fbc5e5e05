import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

import type { WireSpot } from '../protocol.js';
import { serverSettings } from '../pure/settings.js';
import { icon } from '../pure/markdown.js';
import { folderRead } from '../pure/question.js';

const { t } = vscode.l10n;

/** The titles of the server's code actions and lenses, in the user's language. */
function translated(title: string): string {
  const titles: Record<string, string> = {
    Plan: t('Plan'),
    'Plan and generate from comment': t('Plan and generate from comment'),
    'Show enhanced prompt': t('Show enhanced prompt'),
    'Insert plan as comments': t('Insert plan as comments'),
    'Generate from this plan': t('Generate from this plan'),
  };
  return titles[title] ?? title;
}

export type HoverProvider = (document: vscode.TextDocument, position: vscode.Position) => Promise<vscode.Hover | undefined>;

/** What this extension adds to the server's answers on their way to the editor. */
export function middleware(
  running: () => boolean,
  hover: HoverProvider,
  stale: (document: vscode.TextDocument, line: number) => Promise<boolean>,
): Middleware {
  return {
    provideHover: (document, position) => hover(document, position),
    provideCodeActions: async (document, range, context, token, next) => {
      if (!running()) {
        return []; // a request to a server that has just ended would be shown to the user as an error
      }
      const actions = (await next(document, range, context, token)) ?? [];
      for (const action of actions) {
        if (action instanceof vscode.CodeAction) {
          action.title = `Planfirst: ${translated(action.title)}`;
        }
      }
      return actions;
    },
    provideCodeLenses: async (document, token, next) => {
      if (!running()) {
        return [];
      }
      const lenses = (await next(document, token)) ?? [];
      for (const lens of [...lenses]) {
        if (!lens.command) {
          continue;
        }
        lens.command.title = icon('play', translated(lens.command.title));
        const place = lens.command.arguments ?? [];
        lenses.push(new vscode.CodeLens(lens.range, { title: t('Edit plan'), command: 'planfirst.editPlan', arguments: place }));
        if (await stale(document, lens.range.start.line)) {
          const title = icon('warning', t('The comment has changed since this plan was made: replan'));
          lenses.push(new vscode.CodeLens(lens.range, { title, command: 'planfirst.replan', arguments: place }));
        }
      }
      return lenses;
    },
    handleWorkDoneProgress: (token, params, next) => {
      const folder = params.kind === 'begin' ? folderRead(params.title) : undefined;
      next(token, params.kind === 'begin' && folder !== undefined ? { ...params, title: t('Planfirst: reading the code in {0}', folder) } : params);
    },
    workspace: {
      configuration: async (params, token, next) => {
        const values = await next(params, token);
        return Array.isArray(values) ? values.map((value, n) => (params.items[n]?.section === 'planfirst' ? serverSettings(value) : value)) : values;
      },
    },
  };
}

/** Told of each spot that the pointer rests on. */
export type Pointed = (spot: WireSpot | undefined) => void;
