import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { setKey } from '../contextKeys.js';
import { isSupported } from '../languages.js';
import type { WireSite } from '../protocol.js';
import { siteAt } from './targets.js';

const SETTLE_MS = 40;
const POINTER_KNOWN_MS = 1500;

/**
 * Keeps the context keys by which menus show our entries: `here` and `hasPlan`.
 *
 * A right-click moves the cursor and opens the menu in one go, so a key that only follows the cursor would always be one
 * click late. The editor asks for a hover wherever the pointer rests, which tells us in time what lies under it. Where
 * the pointer has not rested lately nothing is known, and then the entries are shown: one that explains that there is
 * nothing to work from does less harm than one that is missing.
 */
export class Sites implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[] = [];
  private timer: NodeJS.Timeout | undefined;
  private pointerTimer: NodeJS.Timeout | undefined;
  private cursor: WireSite | undefined;
  private pointer: WireSite | 'nothing' | 'unknown' = 'unknown';
  private asked = 0;

  constructor(
    private readonly context: Context,
    private readonly languages: readonly string[],
  ) {
    this.subscriptions.push(
      vscode.window.onDidChangeTextEditorSelection(({ kind }) => {
        if (kind === vscode.TextEditorSelectionChangeKind.Mouse) {
          this.pointer = 'unknown'; // after a click the editor asks for no hover until the pointer has moved
        }
        this.soon();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.pointer = 'unknown';
        this.cursor = undefined;
        this.publish(); // which languages are supported needs no server, and the palette should not wait for one
        this.soon();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === vscode.window.activeTextEditor?.document) {
          this.soon();
        }
      }),
      context.server.onDidChangeState(() => this.soon()),
    );
    this.soon();
  }

  /** What lies under the pointer, which has just come to rest. */
  pointed(site: WireSite | undefined): void {
    clearTimeout(this.pointerTimer);
    this.pointer = site ?? 'nothing';
    if (!site) {
      this.pointerTimer = setTimeout(() => {
        this.pointer = 'unknown';
        this.publish();
      }, POINTER_KNOWN_MS);
    }
    this.publish();
  }

  dispose(): void {
    clearTimeout(this.timer);
    clearTimeout(this.pointerTimer);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.look(), SETTLE_MS);
  }

  private async look(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const asked = ++this.asked;
    this.cursor = undefined;
    if (editor && isSupported(editor.document, this.languages)) {
      const { start, end } = editor.selection;
      const last = end.line > start.line && end.character === 0 ? end.line - 1 : end.line;
      const site = await siteAt(this.context, editor.document, start.line, last).catch(() => undefined);
      if (asked !== this.asked) {
        return; // the cursor has moved on
      }
      this.cursor = site;
    }
    this.publish();
  }

  private publish(): void {
    const editor = vscode.window.activeTextEditor;
    const supported = editor !== undefined && isSupported(editor.document, this.languages);
    const under = typeof this.pointer === 'object' ? this.pointer : undefined;
    setKey('supported', supported);
    setKey('here', supported && (this.cursor !== undefined || this.pointer !== 'nothing'));
    const site = under ?? this.cursor;
    setKey('hasPlan', supported && Boolean(site?.plan ?? site?.known));
    setKey('planInFile', supported && Boolean(site?.plan));
  }
}
