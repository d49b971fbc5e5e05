import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';

import type { Context } from '../context.js';
import { Failure, messageOf, showFailure, showNotice } from '../failures.js';
import { QUERIES, type Answer, type AskParams, type Goal, type Placed, type WireLocation } from '../protocol.js';
import { asksForStore, isQuiet } from '../pure/notices.js';
import { editsOf } from '../pure/textEdits.js';
import { Checking } from './checking.js';
import { stillness, type GhostWriting } from './ghostWriting.js';
import type { PlanDocuments } from './planDocument.js';
import type { Previews } from './preview.js';
import type { PromptDocuments } from './promptDocument.js';
import { askAbout, findAgain, siteAt, targetOf, type Target } from './targets.js';
import { write } from './write.js';

const { t } = vscode.l10n;

/** The five things that can be done with a request, and those that go with them. */
export class RequestCommands {
  private readonly told = new Set<string>();
  private readonly checking = new Checking();

  constructor(
    private readonly context: Context,
    private readonly plans: PlanDocuments,
    private readonly prompts: PromptDocuments,
    private readonly previews: () => Previews,
    private readonly generated: () => Promise<void>,
  ) {}

  async plan(argument: unknown, fresh = false): Promise<void> {
    const target = await this.target(argument);
    const answer = target && (await this.ask('plan', target, fresh ? { fresh } : {}, t('Plan')));
    if (!target || !answer) {
      return;
    }
    this.tell(answer);
    if (answer.plan.length > 0) {
      this.context.memory.remember(target.uri, target.site, answer.plan);
      await this.showPlan(target, answer.plan);
    }
  }

  async generate(argument: unknown): Promise<void> {
    if (this.plans.has(argument)) {
      return this.generateFromPlan(argument);
    }
    const target = await this.target(argument);
    if (target) {
      await this.generateAt(target, {}, 0);
    }
  }

  /** From the plan in a plan document, in the comment, or known for it; a changed plan is used exactly as it stands. */
  async generateFromPlan(argument: unknown): Promise<void> {
    const sheet = this.plans.has(argument) ? argument : vscode.window.activeTextEditor?.document.uri;
    if (this.plans.has(sheet)) {
      if (!(await this.context.server.ready())) {
        return;
      }
      const { target, steps } = await this.plans.read(sheet);
      this.context.memory.remember(target.uri, target.site, steps);
      await this.generateAt({ ...target, site: { ...target.site, plan: steps } }, { plan: steps }, 0);
      return;
    }
    const target = await this.target(argument);
    if (target) {
      const plan = target.site.plan ?? target.site.known?.steps;
      await this.generateAt(target, plan ? { plan } : {}, 0);
    }
  }

  async generateAgain(target: Target, attempt: number): Promise<void> {
    const found = await findAgain(target);
    if (found) {
      await this.generateAt(target, { attempt, ...(target.site.plan ? { plan: target.site.plan } : {}) }, attempt);
    }
  }

  async showPrompt(argument: unknown): Promise<void> {
    const target = await this.target(argument);
    const answer = target && (await this.ask('prompt', target, {}, t('Show enhanced prompt')));
    if (target && answer?.prompt) {
      if (answer.plan.length > 0) {
        this.context.memory.remember(target.uri, target.site, answer.plan);
      }
      this.tell(answer);
      await this.prompts.open(target, answer);
    }
  }

  async insertPlan(argument: unknown): Promise<void> {
    const sheet = this.plans.has(argument) ? argument : vscode.window.activeTextEditor?.document.uri;
    if (this.plans.has(sheet)) {
      if (await this.context.server.ready()) {
        const { target, steps } = await this.plans.read(sheet);
        await this.insert(target, steps);
      }
      return;
    }
    const target = await this.target(argument);
    if (!target) {
      return;
    }
    let steps = target.site.known?.steps;
    if (!steps) {
      const answer = await this.ask('plan', target, {}, t('Insert plan as comments'));
      if (!answer) {
        return;
      }
      this.tell(answer);
      steps = answer.plan;
    }
    if (steps.length > 0) {
      await this.insert(target, steps);
    }
  }

  async editPlan(argument: unknown): Promise<void> {
    const target = await this.target(argument ?? (await this.codeHere()));
    if (!target) {
      return;
    }
    const steps = target.site.plan ?? target.site.known?.steps ?? this.context.memory.at(target.uri, target.site)?.steps;
    if (steps) {
      await this.plans.open(target, steps);
      return;
    }
    const answer = await this.ask('plan', target, {}, t('Plan'));
    if (answer) {
      this.tell(answer);
      this.context.memory.remember(target.uri, target.site, answer.plan);
      await this.plans.open(target, answer.plan, answer.examples.find(({ used }) => used));
    }
  }

  /** For a target that is known already. */
  async generateFor(target: Target, more: Partial<AskParams>): Promise<void> {
    await this.generateAt(target, more, 0);
  }

  /** Opens the preview of code that was generated. */
  async show(target: Target, answer: Answer, attempt = 0, still = stillness(), isKept = false): Promise<void> {
    await this.generated();
    await this.previews().show(target, answer, attempt, still, isKept);
  }

  /** The request whose code the cursor is in, if there is none of its own at the cursor. */
  private async codeHere(): Promise<WireLocation | undefined> {
    const editor = vscode.window.activeTextEditor;
    const line = editor?.selection.active.line ?? 0;
    const own = editor && (await siteAt(this.context, editor.document, line, line).catch(() => undefined));
    return editor && !own ? this.context.memory.requestOf(editor.document, line) : undefined;
  }

  private async target(argument: unknown): Promise<Target | undefined> {
    // A hover whose link was clicked would stay over what comes; an editor without that command lets it stay.
    void vscode.commands.executeCommand('editor.action.hideHover').then(undefined, () => undefined);
    return (await this.context.server.ready()) ? targetOf(this.context, argument) : undefined;
  }

  private async generateAt(target: Target, more: Partial<AskParams>, attempt: number): Promise<void> {
    const { ghosts } = this.previews();
    const writing = ghosts.begin(await vscode.workspace.openTextDocument(target.uri), target.site);
    try {
      await this.generateInto(writing, target, more, attempt);
    } finally {
      if (writing) {
        ghosts.end(writing);
      }
    }
  }

  private async generateInto(writing: GhostWriting | undefined, target: Target, more: Partial<AskParams>, attempt: number): Promise<void> {
    const still = stillness();
    const asked = { ...this.checking.leave(), ...(writing ? { edits: true } : {}), ...more };
    const answer = await this.ask('generate', target, asked, t('Generate'), writing);
    if (!answer) {
      return;
    }
    if (answer.plan.length > 0 && target.typed === undefined) {
      this.context.memory.remember(target.uri, target.site, answer.plan, answer.parts);
    }
    this.tell(answer);
    if (answer.code.trim()) {
      await this.show(target, answer, attempt, writing?.still ?? still, writing?.isKept);
      this.checking.tell(answer);
      const again = (): Promise<void> => this.generateAt(target, { ...more, mayRun: true }, attempt);
      this.checking.ask(answer, again).catch((error: unknown) => showFailure(messageOf(error)));
    }
  }

  /** Asks about the request where it is now; undefined when it was cancelled. */
  private async ask(goal: Goal, target: Target, more: Partial<AskParams>, title: string, writing?: GhostWriting): Promise<Answer | undefined> {
    const client = (await this.context.server.ready()) as LanguageClient;
    const document = await vscode.workspace.openTextDocument(target.uri);
    const found = (await findAgain(target)) ?? { first: target.site.first, last: target.site.last };
    const params = { ...askAbout(this.context, document, found.first, found.last, target), ...more };
    const words = target.site.request.split('\n')[0] ?? '';
    const shown = `${title} “${words.length > 50 ? `${words.slice(0, 49)}…` : words}”`;
    return this.context.runs.start(client, goal, document, params, shown, writing);
  }

  /** Puts a plan under its comment, as one undo step; it is not put anywhere else than where it belongs. */
  private async insert(target: Target, steps: string[]): Promise<void> {
    const client = await this.context.server.ready();
    const found = await findAgain(target);
    if (!client) {
      return;
    }
    const kept = async (): Promise<void> => {
      await this.plans.open(target, steps);
      throw new Failure(t('The plan could not be put under the comment, because the document has changed or cannot be written to. It is kept in a plan document.'));
    };
    if (!found) {
      return kept();
    }
    const version = found.document.version;
    const params = { ...askAbout(this.context, found.document, found.first, found.last, target), plan: steps };
    const { edit } = await client.sendRequest<Placed>(QUERIES.place, params);
    if (!(await write(found.document, version, editsOf(edit)))) {
      return kept();
    }
    this.context.memory.remember(target.uri, target.site, steps);
  }

  private async showPlan(target: Target, steps: readonly string[]): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    const at = editor?.document.uri.toString() === target.uri.toString() ? editor.selection.active.line : -1;
    if (at >= target.site.first && at <= target.site.last) {
      await vscode.commands.executeCommand('editor.action.showHover'); // the plan with all that can be done with it
      return;
    }
    const numbered = steps.map((step, n) => `${n + 1}. ${step}`).join('  ');
    const [generate, edit, insert] = [t('Generate'), t('Edit Plan'), t('Insert as Comments')];
    const chosen = await vscode.window.showInformationMessage(`${t('Plan')}: ${numbered}`, generate, edit, insert);
    const found = chosen ? await findAgain(target) : undefined;
    if (!found) {
      return;
    }
    const place = { uri: target.uri.toString(), version: null, range: { start: { line: found.first, character: 0 }, end: { line: found.last, character: 1 } } };
    const command = chosen === generate ? 'planfirst.generate' : chosen === edit ? 'planfirst.editPlan' : 'planfirst.insertPlan';
    await vscode.commands.executeCommand(command, place);
  }

  private tell(answer: Answer): void {
    for (const notice of answer.notices) {
      this.context.log.info(`notice: ${notice.code}: ${notice.text}`);
      if (!isQuiet(notice) && !this.told.has(notice.text)) {
        this.told.add(notice.text); // once is enough: the same fault comes with every answer
        const ways = asksForStore(notice) ? [{ title: t('Build the store'), command: 'planfirst.buildStore' }] : [];
        void showNotice(notice.text, ...ways).then((chosen) => (chosen ? this.told.clear() : undefined));
      }
    }
  }
}

