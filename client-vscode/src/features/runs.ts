import * as vscode from 'vscode';
import { ProgressType, type LanguageClient } from 'vscode-languageclient/node';

import { setKey } from '../contextKeys.js';
import { Failure } from '../failures.js';
import { METHODS, type Answer, type AskParams, type Goal, type WorkEvent } from '../protocol.js';
import { Meter } from '../pure/meter.js';
import { attemptText } from '../pure/verdict.js';
import type { GhostWriting } from './ghostWriting.js';
import { doing, tokensPerSecond, type Status } from './status.js';

const { t } = vscode.l10n;
const WORK_EVENTS = new ProgressType<WorkEvent>();
const SHOWN = 90; // characters of the text that is being written

/** Runs that ask a model: each with a progress that can be cancelled, and its text beside the request as it comes. */
export class Runs implements vscode.Disposable {
  private readonly running = new Map<string, { cancel: vscode.CancellationTokenSource; meter: Meter }>();
  private count = 0;
  private readonly ghost = vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor('editorGhostText.foreground'), fontStyle: 'italic', margin: '0 0 0 2em' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });

  constructor(private readonly status: Status) {}

  /**
   * Sends a request and follows it. Undefined when it was cancelled, which ends the waiting at once; the server stops
   * its model meanwhile.
   *
   * Throws a Failure when the same place is being worked on already.
   */
  async start(
    client: LanguageClient,
    goal: Goal,
    document: vscode.TextDocument,
    params: AskParams,
    title: string,
    writing?: GhostWriting,
  ): Promise<Answer | undefined> {
    const place = `${document.uri.toString()}#${params.range.start.line}`;
    if (this.running.has(place)) {
      throw new Failure(t('Already working on this comment. Wait for it, or cancel it first.'));
    }
    const cancel = new vscode.CancellationTokenSource();
    const meter = new Meter();
    this.running.set(place, { cancel, meter });
    setKey('working', true);
    writing?.begin(() => cancel.cancel());
    const partialResultToken = `planfirst-${++this.count}`;
    const anchorLine = new GhostLine(document, params.range.end.line, this.ghost);
    try {
      return await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title, cancellable: true },
        (progress, token) => {
          token.onCancellationRequested(() => cancel.cancel());
          let attempt: string | undefined;
          const show = (): void => {
            const rate = meter.rate === undefined ? '' : ` · ~${tokensPerSecond(meter.rate)}`;
            const line = meter.lastLine(SHOWN);
            const waiting = meter.waiting(performance.now());
            const since = waiting === undefined ? '' : ` · ${t('{0} s', waiting)}`;
            progress.report({ message: `${attempt ?? doing(meter.stage)}${rate}${since}${line ? `\n${line}` : ''}` });
            anchorLine.show(`${doing(meter.stage)}… ${writing?.ghost ? '' : line}`);
            this.status.setWork({ stage: meter.stage, rate: meter.rate });
          };
          const throttled = throttle(show, 80);
          const clock = setInterval(show, 1000);
          const listener = client.onProgress(WORK_EVENTS, partialResultToken, (event) => {
            meter.take(event, performance.now());
            if (event.kind === 'edit') {
              writing?.take(event.edit);
            }
            attempt = event.kind === 'attempt' ? attemptText(event, t) : attempt;
            throttled.call();
          });
          show();
          const asked = client.sendRequest<Answer>(METHODS[goal], { ...params, partialResultToken }, cancel.token).then((answer) => {
            this.status.setAnswer(answer.model, answer.tokensPerSecond);
            return answer;
          });
          return firstOf(asked, cancel.token).finally(() => {
            clearInterval(clock);
            throttled.end();
            listener.dispose();
          });
        },
      );
    } finally {
      anchorLine.dispose();
      cancel.dispose();
      this.running.delete(place);
      if (this.running.size === 0) {
        setKey('working', false);
        this.status.setWork(undefined);
      }
    }
  }

  /** Whether a model is at work for anyone. */
  get busy(): boolean {
    return this.running.size > 0;
  }

  cancelAll(): void {
    for (const { cancel } of this.running.values()) {
      cancel.cancel();
    }
  }

  dispose(): void {
    this.cancelAll();
    this.ghost.dispose();
  }
}

/** The answer, or undefined as soon as the token is cancelled, whichever comes first. */
function firstOf(asked: Promise<Answer>, token: vscode.CancellationToken): Promise<Answer | undefined> {
  return new Promise((resolve, reject) => {
    token.onCancellationRequested(() => resolve(undefined));
    asked.then(resolve, (error: unknown) => (token.isCancellationRequested ? resolve(undefined) : reject(error as Error)));
  });
}

/** Text behind a line that moves with it. It is shown, and never part of the document. */
class GhostLine {
  private line: number;
  private readonly following: vscode.Disposable;

  constructor(
    private readonly document: vscode.TextDocument,
    line: number,
    private readonly type: vscode.TextEditorDecorationType,
  ) {
    this.line = line;
    this.following = vscode.workspace.onDidChangeTextDocument(({ document: changed, contentChanges }) => {
      for (const change of changed === document ? contentChanges : []) {
        if (change.range.end.line < this.line) {
          this.line += change.text.split('\n').length - 1 - (change.range.end.line - change.range.start.line);
        }
      }
    });
  }

  show(text: string): void {
    const line = Math.min(this.line, this.document.lineCount - 1);
    const end = this.document.lineAt(line).range.end;
    const option = { range: new vscode.Range(end, end), renderOptions: { after: { contentText: text } } };
    this.each((editor) => editor.setDecorations(this.type, [option]));
  }

  dispose(): void {
    this.following.dispose();
    this.each((editor) => editor.setDecorations(this.type, []));
  }

  private each(action: (editor: vscode.TextEditor) => void): void {
    vscode.window.visibleTextEditors.filter((editor) => editor.document === this.document).forEach(action);
  }
}

/** Calls at most once an interval, and once more at its end when something came in between. */
function throttle(action: () => void, intervalMs: number): { call: () => void; end: () => void } {
  let timer: NodeJS.Timeout | undefined;
  let waiting = false;
  const call = (): void => {
    if (timer) {
      waiting = true;
      return;
    }
    action();
    timer = setTimeout(() => {
      timer = undefined;
      if (waiting) {
        waiting = false;
        call();
      }
    }, intervalMs);
  };
  return { call, end: () => clearTimeout(timer) };
}
