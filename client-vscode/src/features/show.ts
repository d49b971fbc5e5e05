import * as vscode from 'vscode';

/** The column in which a file is open already; undefined when it is open in none. */
export function columnOf(uri: vscode.Uri): vscode.ViewColumn | undefined {
  const wanted = uri.toString();
  return vscode.window.tabGroups.all.find((group) =>
    group.tabs.some((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === wanted),
  )?.viewColumn;
}

/** Shows a file where it is open already, else in the active column. A notebook cell stays in its notebook. */
export async function showSource(document: vscode.TextDocument): Promise<vscode.TextEditor | undefined> {
  if (document.uri.scheme === 'vscode-notebook-cell') {
    return undefined;
  }
  return vscode.window.showTextDocument(document, { viewColumn: columnOf(document.uri) ?? vscode.ViewColumn.Active, preview: false });
}
