import * as vscode from 'vscode';

import type { WireLocation, WireSite } from '../protocol.js';
import { splitLines } from '../pure/lines.js';
import { stepLines } from '../pure/stepLines.js';
import { shifted } from '../pure/tracked.js';

/** A plan that was made or written for a request in a document. */
export interface Remembered {
  uri: string;
  line: number;
  request: string;
  steps: string[];
  /** The lines of the code that belong to each step; empty where none are known. */
  parts: string[];
}

const MOST = 200;

/** Which plans were made where, so that a plan whose comment has changed since can be marked as stale. */
export class PlanMemory implements vscode.Disposable {
  private entries: Remembered[] = [];
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => this.follow(event)),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) {
          this.entries.filter((one) => one.uri === oldUri.toString()).forEach((one) => (one.uri = newUri.toString()));
        }
      }),
    ];
  }

  remember(uri: vscode.Uri, site: WireSite, steps: string[], parts: string[] = []): void {
    const key = uri.toString();
    this.entries = this.entries.filter((one) => one.uri !== key || one.line < site.first || one.line > site.last);
    this.entries.push({ uri: key, line: site.first, request: site.request, steps, parts });
    this.entries.splice(0, Math.max(0, this.entries.length - MOST));
  }

  /** The plan that was made at this place for other words; undefined when there is none. */
  stale(uri: vscode.Uri, site: WireSite): Remembered | undefined {
    const entry = this.at(uri, site);
    return entry && entry.request !== site.request ? entry : undefined;
  }

  /** The plan that was made at this place. */
  at(uri: vscode.Uri, site: Pick<WireSite, 'first' | 'last'>): Remembered | undefined {
    return this.entries.find((one) => one.uri === uri.toString() && one.line >= site.first && one.line <= site.last);
  }

  /** The request whose code a line belongs to, as far as its steps know their lines; undefined where it belongs to none. */
  requestOf(document: vscode.TextDocument, line: number): WireLocation | undefined {
    const rows = splitLines(document.getText());
    const ours = this.entries.filter((one) => one.uri === document.uri.toString());
    const last = (one: Remembered): number => Math.max(-1, ...stepLines(rows, one.parts, one.line).map((found) => found?.[1] ?? -1));
    const entry = ours.find((one) => one.line <= line && line <= last(one));
    const at = { line: entry?.line ?? 0, character: 0 };
    return entry && { uri: entry.uri, version: null, range: { start: at, end: at } };
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private follow({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const uri = document.uri.toString();
    if (!this.entries.some((one) => one.uri === uri)) {
      return;
    }
    for (const change of contentChanges) {
      const moved = {
        line: change.range.start.line,
        removed: change.range.end.line - change.range.start.line,
        added: splitLines(change.text).length - 1,
      };
      this.entries = this.entries.flatMap((one) => {
        if (one.uri !== uri) {
          return [one];
        }
        const line = shifted(one.line, moved);
        return line === undefined ? [] : [{ ...one, line }];
      });
    }
  }
}
