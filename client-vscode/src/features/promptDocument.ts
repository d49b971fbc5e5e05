import * as vscode from 'vscode';

import { Failure } from '../failures.js';
import type { Context } from '../context.js';
import { METHODS, SECTIONS, type Answer, type SectionName } from '../protocol.js';
import { scoreText } from '../pure/match.js';
import { promptText, sectionPlaces } from '../pure/promptText.js';
import { askAbout, findAgain, type Target } from './targets.js';
import { icon } from '../pure/markdown.js';

const { t } = vscode.l10n;
export const PROMPT_SCHEME = 'planfirst-prompt';

interface Sheet {
  target: Target;
  answer: Answer;
  /** What the sections held before any was switched off. */
  whole: Answer;
  off: Set<SectionName>;
}

/**
 * Enhanced prompts as read-only documents. The text of such a document is exactly what is sent, so that it can be saved
 * and copied as it is; what belongs to no prompt (names, token counts, scores, switches) stands in code lenses.
 */
export class PromptDocuments implements vscode.Disposable, vscode.TextDocumentContentProvider, vscode.CodeLensProvider {
  private readonly sheets = new Map<string, Sheet>();
  private readonly contentChanged = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.contentChanged.event;
  private readonly lensesChanged = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.lensesChanged.event;
  private readonly subscriptions: vscode.Disposable[];
  private count = 0;

  constructor(private readonly context: Context) {
    this.subscriptions = [
      vscode.workspace.registerTextDocumentContentProvider(PROMPT_SCHEME, this),
      vscode.languages.registerCodeLensProvider({ scheme: PROMPT_SCHEME }, this),
    ];
  }

  async open(target: Target, answer: Answer): Promise<void> {
    const name = target.uri.path.split('/').at(-1) ?? 'file';
    const uri = vscode.Uri.from({ scheme: PROMPT_SCHEME, path: `/${name}.prompt.md`, query: String(++this.count) });
    this.sheets.set(uri.toString(), { target, answer, whole: answer, off: new Set() });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'planfirst-prompt');
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const prompt = this.sheets.get(uri.toString())?.answer.prompt;
    return prompt ? promptText(prompt) : '';
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const sheet = this.sheets.get(document.uri.toString());
    const prompt = sheet?.answer.prompt;
    if (!sheet || !prompt) {
      return [];
    }
    const lens = (line: number, title: string, command: string, ...args: unknown[]): vscode.CodeLens =>
      new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: args });
    const total = prompt.sections.reduce((sum, section) => sum + section.tokens, 0);
    const lenses = [...sheet.off].map((name) =>
      lens(0, icon('eye-closed', t('{0} is off: switch on', nameOf(name))), 'planfirst.toggleSection', document.uri, name),
    );
    lenses.push(lens(0, t('{0} tokens in {1} sections', total, prompt.sections.length), ''));
    for (const place of sectionPlaces(prompt)) {
      if (place.name !== 'system') {
        const line = Math.min(place.line, document.lineCount - 1);
        lenses.push(lens(line, icon('eye', t('{0}: switch off', nameOf(place.name))), 'planfirst.toggleSection', document.uri, place.name));
        const tokens = [t('{0} tokens', place.tokens), ...(place.trimmed > 0 ? [t('{0} trimmed away', place.trimmed)] : [])];
        lenses.push(lens(line, tokens.join(' · '), ''));
        const used = place.name === 'example' ? sheet.answer.examples.find((example) => example.used) : undefined;
        if (used) {
          // On a line of its own: in a narrow column one lens with all of it would be cut off.
          const below = Math.min(line + 1, document.lineCount - 1);
          lenses.push(lens(below, [scoreText(used, t), used.source, used.licence].filter(Boolean).join(' · '), ''));
        }
      }
    }
    return lenses;
  }

  /** Switches a section off or on, and puts the prompt together again with the plan that it has; no model writes. */
  async toggle(uri: unknown, name: unknown): Promise<void> {
    const sheet = this.of(uri);
    const section = SECTIONS.find((one) => one === name);
    const client = await this.context.server.ready();
    const found = await findAgain(sheet.target);
    if (!section || !client) {
      return;
    }
    if (!found) {
      throw new Failure(t('The comment that this prompt is for has changed. Choose Show Enhanced Prompt on it again.'));
    }
    const off = new Set(sheet.off);
    if (!off.delete(section)) {
      off.add(section);
    }
    const params = { ...askAbout(this.context, found.document, found.first, found.last), leaveOut: [...off] };
    const plan = sheet.whole.plan;
    sheet.answer = await client.sendRequest<Answer>(METHODS.prompt, plan.length > 0 ? { ...params, plan } : params);
    sheet.off = off;
    this.contentChanged.fire(uri as vscode.Uri);
    this.lensesChanged.fire();
  }

  async copy(uri: unknown): Promise<void> {
    const { answer } = this.of(uri);
    await vscode.env.clipboard.writeText(answer.prompt ? promptText(answer.prompt) : '');
    vscode.window.setStatusBarMessage(`$(check) ${t('The prompt is on the clipboard.')}`, 4000);
  }

  async save(uri: unknown): Promise<void> {
    const { answer, target } = this.of(uri);
    const folder = vscode.Uri.joinPath(target.uri, '..', 'prompt.txt');
    const chosen = await vscode.window.showSaveDialog(target.uri.scheme === 'file' ? { defaultUri: folder } : {});
    if (chosen && answer.prompt) {
      await vscode.workspace.fs.writeFile(chosen, new TextEncoder().encode(promptText(answer.prompt)));
    }
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions, this.contentChanged, this.lensesChanged).dispose();
  }

  private of(uri: unknown): Sheet {
    const wanted = uri instanceof vscode.Uri ? uri : vscode.window.activeTextEditor?.document.uri;
    const sheet = this.sheets.get(wanted?.toString() ?? '');
    if (!sheet) {
      throw new Failure(t('This prompt is no longer in use. Choose Show Enhanced Prompt on the comment again.'));
    }
    return sheet;
  }
}

function nameOf(section: SectionName): string {
  switch (section) {
    case 'rules':
      return t('Rules of the project');
    case 'declarations':
      return t('What the project declares');
    case 'context':
      return t('Surrounding code');
    case 'example':
      return t('Example');
    case 'request':
      return t('Request');
    case 'plan':
      return t('Plan');
  }
}
