import * as vscode from 'vscode';
import { ProgressType } from 'vscode-languageclient/node';

import type { Context } from '../context.js';
import { Failure } from '../failures.js';
import type { RequestCommands } from '../features/commands.js';
import { doing } from '../features/status.js';
import { askAbout, targetOf, type Target } from '../features/targets.js';
import { isSupported } from '../languages.js';
import { METHODS, type Answer, type Goal, type WorkEvent } from '../protocol.js';
import { anchorOf } from '../pure/anchor.js';
import { answerText, linesAt } from '../pure/chatText.js';
import { splitLines } from '../pure/lines.js';
import { asksForStore } from '../pure/notices.js';
import { attemptText } from '../pure/verdict.js';

const { t } = vscode.l10n;
const EVENTS = new ProgressType<WorkEvent>();
const KEPT = 50; // answers whose buttons work

interface Made {
  target: Target;
  answer: Answer;
}

/** `/plan`, `/prompt` and `/generate`: what the menu of the editor does, for a request that is typed in a chat. */
export class ChatRequests {
  private readonly made = new Map<number, Made>();
  private count = 0;

  constructor(
    private readonly context: Context,
    private readonly requests: RequestCommands,
    private readonly languages: readonly string[],
  ) {}

  /** Answers; what was typed counts as a comment at the cursor, and where nothing was, the comment there is the request. */
  async run(goal: Goal, typed: string, stream: vscode.ChatResponseStream, token: vscode.CancellationToken): Promise<void> {
    const client = await this.context.server.ready();
    if (!client) {
      throw new Failure(t('The Planfirst server is not running, so no model can answer. Choose Restart Server in the menu of the status bar, then try again.'));
    }
    const target = typed.trim() ? await this.typed(typed.trim()) : await targetOf(this.context, undefined);
    const document = await vscode.workspace.openTextDocument(target.uri);
    const { first, last } = target.site;
    const partialResultToken = `planfirst-chat-work-${++this.count}`;
    const params = { ...askAbout(this.context, document, first, last, target), trusted: vscode.workspace.isTrusted, partialResultToken };
    let shown = '';
    const listener = client.onProgress(EVENTS, partialResultToken, (event) => {
      const text = event.kind === 'stage' && event.ms === undefined ? doing(event.stage) : event.kind === 'attempt' ? attemptText(event, t) : undefined;
      if (text && text !== shown) {
        shown = text;
        stream.progress(text);
      }
    });
    try {
      const answer = await client.sendRequest<Answer>(METHODS[goal], params, token);
      stream.markdown(untrusted(answerText(answer, goal, document.languageId, t)));
      this.offer(goal, { target, answer }, stream);
    } catch (error) {
      if (!token.isCancellationRequested) {
        throw error;
      }
    } finally {
      listener.dispose();
    }
  }

  /** Opens the diff of an answer; nothing is written before Accept. */
  async preview(id: unknown): Promise<void> {
    const { target, answer } = this.of(id);
    await this.requests.show(target, answer);
  }

  /** Generates again, and runs the checks. */
  async verify(id: unknown): Promise<void> {
    const { target, answer } = this.of(id);
    await this.requests.generateFor(target, { mayRun: true, ...(answer.plan.length > 0 ? { plan: answer.plan } : {}) });
  }

  /** Generates from the plan of an answer. */
  async follow(id: unknown): Promise<void> {
    const { target, answer } = this.of(id);
    await this.requests.generateFor(target, { plan: answer.plan });
  }

  private offer(goal: Goal, made: Made, stream: vscode.ChatResponseStream): void {
    const id = ++this.count;
    this.made.set(id, made);
    for (const old of [...this.made.keys()].slice(0, -KEPT)) {
      this.made.delete(old);
    }
    const { answer } = made;
    const button = (title: string, command: string, ...args: unknown[]): void => stream.button({ title, command: `planfirst.${command}`, arguments: args });
    if (goal === 'generate' && answer.code.trim()) {
      button(t('Show as Diff'), 'chatPreview', id);
      if (answer.verdict?.needs === 'permission') {
        button(t('Run the Checks in the Sandbox'), 'chatVerify', id);
      } else if (answer.verdict) {
        button(t('Show Check'), 'showVerdict', answer.verdict);
      }
    }
    if (goal === 'plan' && answer.plan.length > 0) {
      button(t('Generate from this plan'), 'chatGenerate', id);
    }
    if (answer.notices.some(asksForStore)) {
      button(t('Build the store'), 'buildStore');
    }
  }

  private of(id: unknown): Made {
    const made = this.made.get(Number(id));
    if (!made) {
      throw new Failure(t('This answer is from an earlier session, so its button no longer works. Ask again in the chat.'));
    }
    return made;
  }

  /** The place of a typed request: the cursor of the open file, else a new Python document. */
  private async typed(request: string): Promise<Target> {
    const editor = vscode.window.activeTextEditor;
    const isOpen = editor !== undefined && isSupported(editor.document, this.languages);
    const document = isOpen ? editor.document : await vscode.workspace.openTextDocument({ language: 'python' });
    const text = document.getText();
    const { first, last } = linesAt(splitLines(text), isOpen ? editor.selection.active.line : 0);
    const site = { kind: 'comment' as const, first, last, requestLast: last, request, plan: null, known: null };
    return { uri: document.uri, version: document.version, site, anchor: anchorOf(text, first, last), typed: request };
  }
}

/** Markdown in which no command works and no HTML counts. */
export function untrusted(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text, false);
  markdown.isTrusted = false;
  markdown.supportHtml = false;
  return markdown;
}
