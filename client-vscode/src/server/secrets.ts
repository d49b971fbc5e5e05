import type * as vscode from 'vscode';

const NAME = 'planfirst.endpointKey';

/** The key of the OpenAI-compatible endpoint; it is kept in the editor's secret storage and nowhere else. */
export async function apiKey(extension: vscode.ExtensionContext): Promise<string | undefined> {
  try {
    return await extension.secrets.get(NAME);
  } catch {
    return undefined; // no keyring: the environment variable still works
  }
}

export async function setApiKey(extension: vscode.ExtensionContext, key: string): Promise<void> {
  await (key ? extension.secrets.store(NAME, key) : extension.secrets.delete(NAME));
}
