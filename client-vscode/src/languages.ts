import * as vscode from 'vscode';

/** The languages that package.json activates on; the server knows how each of them writes comments. */
export function supportedLanguages(extension: vscode.ExtensionContext): readonly string[] {
  const manifest = extension.extension.packageJSON as { activationEvents: string[] };
  return manifest.activationEvents.flatMap((event) => /^onLanguage:(.+)$/.exec(event)?.[1] ?? []);
}

const SCHEMES = ['file', 'untitled', 'vscode-notebook-cell'];

/** Which documents the server is told of. */
export function selector(languages: readonly string[]): { scheme: string; language: string }[] {
  return languages.flatMap((language) => SCHEMES.map((scheme) => ({ scheme, language })));
}

export function isSupported(document: vscode.TextDocument, languages: readonly string[]): boolean {
  return SCHEMES.includes(document.uri.scheme) && languages.includes(document.languageId);
}
