import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

import type { WireSite } from '../protocol.js';
import { serverSettings } from '../pure/settings.js';
import { icon } from '../pure/markdown.js';

const { t } = vscode.l10n;

const SHOWN_MS = 10_000;

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
          action.title = `Planfirst: ${action.title}`;
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
        lens.command.title = icon('play', lens.command.title);
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
      if (params.kind === 'end' && params.message) {
        vscode.window.setStatusBarMessage(`Planfirst: ${params.message}`, SHOWN_MS); // the editor itself drops what comes at the end
      }
      next(token, params);
    },
    workspace: {
      configuration: async (params, token, next) => {
        const values = await next(params, token);
        return Array.isArray(values) ? values.map((value, n) => (params.items[n]?.section === 'planfirst' ? serverSettings(value) : value)) : values;
      },
    },
  };
}

/** Told of each site that the pointer rests on. */
export type Pointed = (site: WireSite | undefined) => void;
