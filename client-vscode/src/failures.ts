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
    return t('The language server ended while it was working. It is being started again; then try again.');
  }
  if (error instanceof Failure || error instanceof ResponseError) {
    return error.message;
  }
  return t('Something unexpected went wrong: {0}. The log has the details.', error instanceof Error ? error.message : String(error));
}

/** Shows a failure, with the ways out that every failure has, after those of its own. */
export function showFailure(message: string, ...first: { title: string; command: string; args?: unknown[] }[]): void {
  const ways = [
    ...first,
    { title: t('Show Log'), command: 'planfirst.showLog' },
    { title: t('Restart'), command: 'planfirst.restart' },
    { title: t('Doctor'), command: 'planfirst.doctor' },
  ];
  void vscode.window.showErrorMessage(`Planfirst: ${message}`, ...ways).then((way) => {
    if (way) {
      void vscode.commands.executeCommand(way.command, ...('args' in way ? (way.args ?? []) : []));
    }
  });
}
