import * as vscode from 'vscode';

import { shownModel } from '../pure/firstModel.js';
import type { StageName } from '../protocol.js';
import type { ServerState } from '../server/server.js';

const { t } = vscode.l10n;

/** What a stage does, as the user reads it. */
export function doing(stage: StageName | undefined): string {
  switch (stage) {
    case 'retrieve':
      return t('Looking for a similar question');
    case 'plan':
      return t('Writing the plan');
    case 'prompt':
      return t('Putting the prompt together');
    case 'generate':
      return t('Writing the code');
    default:
      return t('Starting');
  }
}

/** The status bar entry: model, state, tokens per second. */
export class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('planfirst', vscode.StatusBarAlignment.Right, 100);
  private state: ServerState = 'stopped';
  private work: { stage: StageName | undefined; rate: number | undefined } | undefined;
  private lastRate: number | undefined;
  private answered: string | undefined; // the model that `auto` stood for last

  constructor() {
    this.item.name = 'Planfirst';
    this.item.command = 'planfirst.menu';
    this.render();
    this.item.show();
  }

  setState(state: ServerState): void {
    this.state = state;
    this.render();
  }

  /** What is being done; undefined when nothing is. */
  setWork(work: { stage: StageName | undefined; rate: number | undefined } | undefined): void {
    this.work = work;
    this.render();
  }

  /** Which model answered, and how fast it wrote, exactly; empty and 0 when that is not known. */
  setAnswer(model: string, tokensPerSecond: number): void {
    this.lastRate = tokensPerSecond || this.lastRate;
    if (modelName(undefined) === 'auto') {
      this.answered = model || this.answered;
    }
  }

  render(): void {
    const model = modelName(this.answered);
    this.item.backgroundColor = this.state === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    if (this.work) {
      const rate = this.work.rate === undefined ? '' : ` · ~${tokensPerSecond(this.work.rate)}`;
      this.item.text = `$(loading~spin) ${model}: ${doing(this.work.stage)}${rate}`;
      this.item.tooltip = t('Planfirst is working. Click for its menu.');
      return;
    }
    const rate = this.lastRate === undefined ? '' : ` · ${tokensPerSecond(this.lastRate)}`;
    const [text, tooltip] = {
      running: [`$(list-ordered) ${model}${rate}`, t('Planfirst is ready. Model: {0}. Click for its menu.', model)],
      starting: [`$(loading~spin) ${model}`, t('Planfirst is starting.')],
      stopped: ['$(list-ordered) Planfirst', t('Planfirst is not running. Click for its menu.')],
      failed: ['$(error) Planfirst', t('The Planfirst server is not running. Click to see what can be done.')],
    }[this.state] as [string, string];
    this.item.text = text;
    this.item.tooltip = tooltip;
  }

  dispose(): void {
    this.item.dispose();
  }
}

export function tokensPerSecond(rate: number): string {
  return t('{0} tokens/s', rate >= 10 ? rate.toFixed(0) : rate.toFixed(1));
}

/** The model that writes the code, by the settings; where they leave the choice to the server, the one that answered last. */
function modelName(answered: string | undefined): string {
  const settings = vscode.workspace.getConfiguration('planfirst');
  const named = settings.get('generator.endpoint', '')
    ? settings.get('generator.endpointModel', '')
    : settings.get('generator.model', '') || settings.get('planner.model', '');
  return shownModel(named, answered);
}
