import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { setKey } from '../contextKeys.js';
import { hasStore } from '../manage/store.js';

const GENERATED = 'planfirst.generated';

/**
 * Ticks the walkthrough's steps that are done already. The editor counts a context key only when it becomes true while
 * the walkthrough is known, which it is from the moment it is first opened; so the keys are set then, for a moment.
 */
export class Walkthrough implements vscode.Disposable {
  private readonly subscriptions: vscode.Disposable[];

  constructor(private readonly context: Context) {
    this.subscriptions = [
      // The walkthrough's tab is of no kind that extensions can name.
      vscode.window.tabGroups.onDidChangeTabs(({ opened, changed }) => {
        if ([...opened, ...changed].some((tab) => tab.input === undefined)) {
          void this.tick();
        }
      }),
      context.server.onDidChangeState(() => void this.tick()),
    ];
  }

  /** Called when code was written for a comment. */
  async generated(): Promise<void> {
    await this.context.extension.globalState.update(GENERATED, true);
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private async tick(): Promise<void> {
    const open = vscode.window.tabGroups.all.some((group) => group.tabs.some((tab) => tab.input === undefined));
    if (!open || this.context.server.state !== 'running') {
      return;
    }
    pulse('serverInstalled');
    if (this.context.extension.globalState.get(GENERATED)) {
      pulse('codeGenerated');
    }
    if (await hasStore(this.context)) {
      pulse('storeBuilt');
    }
  }
}

function pulse(name: string): void {
  setKey(name, true);
  setKey(name, false);
}
