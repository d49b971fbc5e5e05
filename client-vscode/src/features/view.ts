import * as vscode from 'vscode';

const SCHEME = 'planfirst-view';
const texts = new Map<string, string>();

/** Makes texts of ours readable as documents that cannot be changed, so that closing one asks nothing. */
export function registerViews(): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(SCHEME, { provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '' });
}

/** Shows a text under a name; the language follows from the name's ending, and lines of a plain text are wrapped. */
export async function view(name: string, text: string): Promise<void> {
  const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}`, query: String(Date.now()) });
  texts.set(uri.toString(), text);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(name.endsWith('.txt') ? await vscode.languages.setTextDocumentLanguage(document, 'planfirst-text') : document, { preview: true });
}
