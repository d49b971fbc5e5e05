import * as vscode from 'vscode';

/** Sets a key that `when` clauses of package.json ask for. */
export function setKey(name: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', `planfirst.${name}`, value);
}
