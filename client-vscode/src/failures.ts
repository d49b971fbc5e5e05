import * as vscode from 'vscode';
import { ResponseError } from 'vscode-languageclient/node';

const { t } = vscode.l10n;

/** An error whose message is meant for the user: what happened, and what to do next. */
export class Failure extends Error {}

/** Codes of vscode-jsonrpc: the connection went away before an answer came. */
const GONE: readonly number[] = [-32097, -32098, -32099];

/** A message as the user should read it. */
export function messageOf(error: unknown): string {
  if (error instanceof ResponseError && GONE.includes(error.code)) {
    return t('The language server ended while it was working. It is being started again; try again when the status bar shows the model.');
  }
  if (error instanceof Failure || error instanceof ResponseError) {
    return error.message;
  }
  return t('Something unexpected went wrong: {0}. Try again; if it happens again, Show Log has the details.', error instanceof Error ? error.message : String(error));
}

/** A way out of what a message tells. */
export interface Way {
  title: string;
  command: string;
  args?: unknown[];
}

/** Tells something that is no failure; gives the way that was chosen. A message with no button is cut off after one line, so it always has one. */
export async function showNotice(message: string, ...ways: Way[]): Promise<Way | undefined> {
  const all = ways.length > 0 ? ways : [{ title: t('Show Log'), command: 'planfirst.showLog' }];
  const chosen = await vscode.window.showWarningMessage(`Planfirst: ${message}`, ...all);
  follow(chosen);
  return chosen;
}

/** Shows a failure, with the ways out that every failure has, after those of its own. */
export function showFailure(message: string, ...first: Way[]): void {
  const ways: Way[] = [
    ...first,
    { title: t('Show Log'), command: 'planfirst.showLog' },
    { title: t('Restart'), command: 'planfirst.restart' },
    { title: t('Doctor'), command: 'planfirst.doctor' },
  ];
  void vscode.window.showErrorMessage(`Planfirst: ${message}`, ...ways).then(follow);
}

function follow(way: Way | undefined): void {
  if (way) {
    void vscode.commands.executeCommand(way.command, ...(way.args ?? []));
  }
}
