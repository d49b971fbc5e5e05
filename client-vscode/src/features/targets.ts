import * as vscode from 'vscode';

import { Failure } from '../failures.js';
import type { AskParams, WireLocation, WireRange, WireSite } from '../protocol.js';
import { QUERIES } from '../protocol.js';
import { anchorOf, relocate, type Anchor } from '../pure/anchor.js';
import type { Context } from '../context.js';

const { t } = vscode.l10n;

/** A request in a document: what the server said of it, and how to find it again. */
export interface Target {
  uri: vscode.Uri;
  version: number;
  site: WireSite;
  anchor: Anchor;
  /**
   * Whether the code below the comment is to be rewritten; undefined where the server goes by the comment's words.
   * The site and the anchor hold that code as well.
   */
  rewrite?: boolean;
  /** The request, where it does not stand in the document: it goes in below the last line of the site. */
  typed?: string;
}

/** Parameters of a custom request about lines of a document as it is now. */
export function askAbout(
  context: Context,
  document: vscode.TextDocument,
  first: number,
  last: number,
  { rewrite, typed }: Pick<Target, 'rewrite' | 'typed'> = {},
): AskParams {
  const uri = context.server.client?.code2ProtocolConverter.asUri(document.uri) ?? document.uri.toString();
  return {
    textDocument: { uri, version: document.version },
    range: { start: { line: first, character: 0 }, end: { line: last, character: 1 } },
    ...(rewrite === undefined ? {} : { rewrite }),
    ...(typed === undefined ? {} : { request: typed }),
  };
}

/** What stands at those lines; undefined when there is nothing to work from, or no server that is running already. */
export async function siteAt(context: Context, document: vscode.TextDocument, first: number, last: number, rewrite?: boolean): Promise<WireSite | undefined> {
  if (context.server.state !== 'running' || !context.server.client) {
    return undefined;
  }
  const site = await context.server.client.sendRequest<WireSite | null>(QUERIES.site, askAbout(context, document, first, last, rewrite === undefined ? {} : { rewrite }));
  return site ?? undefined;
}

/**
 * The target of a command: the place that a link, a lens or a code action names, else the cursor or the selection.
 *
 * Throws a Failure when there is nothing to work from.
 */
export async function targetOf(context: Context, argument: unknown): Promise<Target> {
  const { document, first, last } = await linesOf(argument);
  const rewrite = isLocation(argument) ? argument.rewrite : undefined;
  const site = await siteAt(context, document, first, last, rewrite);
  if (!site) {
    throw new Failure(
      t('There is no comment, empty function or selection to work from here. Write a comment that says what the code should do, put the cursor on it, then try again.'),
    );
  }
  return { uri: document.uri, version: document.version, site, anchor: anchorOf(document.getText(), site.first, site.last), ...(rewrite === undefined ? {} : { rewrite }) };
}

/** The place of a target as it was, as an argument for a command. */
export function locationOf({ uri, site }: Pick<Target, 'uri' | 'site'>): WireLocation {
  return { uri: uri.toString(), version: null, range: { start: { line: site.first, character: 0 }, end: { line: site.last, character: 1 } } };
}

/** The document of a target as it is now, and the lines its request has moved to; undefined when that is not certain. */
export async function findAgain(target: Pick<Target, 'uri' | 'anchor'>): Promise<{ document: vscode.TextDocument; first: number; last: number } | undefined> {
  let document: vscode.TextDocument;
  try {
    document = await vscode.workspace.openTextDocument(target.uri);
  } catch {
    return undefined; // deleted, or moved to where we did not see it go
  }
  const first = relocate(document.getText(), target.anchor);
  return first === undefined ? undefined : { document, first, last: first + target.anchor.block.length - 1 };
}

async function linesOf(argument: unknown): Promise<{ document: vscode.TextDocument; first: number; last: number }> {
  if (isLocation(argument)) {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(argument.uri, true));
    const last = argument.range.end.line - (argument.range.end.character === 0 && argument.range.end.line > argument.range.start.line ? 1 : 0);
    return { document, first: argument.range.start.line, last };
  }
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    throw new Failure(t('No editor is open. Open a source file and put the cursor on a comment, then try again.'));
  }
  const { start, end } = editor.selection;
  const last = end.line > start.line && end.character === 0 ? end.line - 1 : end.line;
  return { document: editor.document, first: start.line, last };
}

function isLocation(argument: unknown): argument is { uri: string; range: WireRange; rewrite?: boolean } {
  if (typeof argument !== 'object' || argument === null || argument instanceof vscode.Uri) {
    return false;
  }
  const { uri, range } = argument as { uri?: unknown; range?: Partial<WireRange> | null };
  return typeof uri === 'string' && Number.isInteger(range?.start?.line) && Number.isInteger(range?.end?.line);
}
