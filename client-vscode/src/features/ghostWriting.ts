import * as vscode from 'vscode';

import type { WireEdit, WireSite } from '../protocol.js';
import { ghostOf, type Ghost } from '../pure/ghost.js';
import { editsOf } from '../pure/textEdits.js';

/** Whether you leave the cursor and the text of the active editor as they are now: else code would appear where you type. */
export function stillness(): (uri: vscode.Uri) => boolean {
  const editor = vscode.window.activeTextEditor;
  const [version, selection] = [editor?.document.version, editor?.selection];
  return (uri) => {
    const now = vscode.window.activeTextEditor;
    const isSame = now !== undefined && now === editor && now.document.uri.toString() === uri.toString();
    return isSame && now.document.version === version && selection !== undefined && now.selection.isEqual(selection);
  };
}

/** Code that is being written, as ghost text as far as it goes; of no document that has changed since it was asked for. */
export class GhostWriting {
  ghost: (Ghost & { version: number }) | undefined;
  /** Whether you want it as soon as it is complete. */
  isKept = false;
  /** Whether you have left cursor and text alone since the code was asked for; it moves the cursor itself once. */
  still = stillness();
  private readonly version: number;
  private isBegun = false;
  private stop = (): void => undefined;

  /**
   * @param site the request, above whose first line nothing but imports goes in
   * @param changed hears of every change
   */
  constructor(
    private readonly document: vscode.TextDocument,
    private readonly site: WireSite,
    private readonly changed: () => void,
  ) {
    this.version = document.version;
  }

  get request(): string {
    return this.site.request;
  }

  get uri(): vscode.Uri {
    return this.document.uri;
  }

  begin(stop: () => void): void {
    this.stop = stop;
  }

  /** Shows an edit that would put the lines so far into the document. */
  take(edit: WireEdit): void {
    const found = this.document.version === this.version ? ghostOf(this.document.getText(), editsOf(edit)) : undefined;
    const ghost = found && found.at.line >= this.site.first ? found : undefined;
    if (ghost?.text === this.ghost?.text) {
      return;
    }
    this.ghost = ghost && { ...ghost, version: this.version };
    if (this.ghost && !this.isBegun && this.still(this.uri)) {
      this.isBegun = true;
      const editor = vscode.window.activeTextEditor as vscode.TextEditor;
      const at = new vscode.Position(this.ghost.at.line, this.ghost.at.character);
      editor.selection = new vscode.Selection(at, at);
      this.still = stillness();
    }
    this.changed();
  }

  keep(): void {
    this.isKept = true;
    this.changed();
  }

  /** Stops the model. */
  drop(): void {
    this.stop();
  }
}
