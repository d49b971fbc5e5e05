import * as vscode from 'vscode';

import { registerParticipant } from './chat/participant.js';
import { registerModels } from './chat/provider.js';
import { ChatRequests } from './chat/requests.js';
import type { Context } from './context.js';
import { messageOf, showFailure } from './failures.js';
import { showVerdict } from './features/checking.js';
import { RequestCommands } from './features/commands.js';
import { hoverAt } from './features/hover.js';
import { showMenu } from './features/menu.js';
import { middleware, type Pointed } from './features/middleware.js';
import { PlanDocuments } from './features/planDocument.js';
import { PlanMarks } from './features/planMarks.js';
import { PlanMemory } from './features/planMemory.js';
import { Previews } from './features/preview.js';
import { PromptDocuments } from './features/promptDocument.js';
import { Runs } from './features/runs.js';
import { SiteKeys } from './features/siteKeys.js';
import { Status } from './features/status.js';
import { siteAt } from './features/targets.js';
import { registerViews } from './features/view.js';
import { Walkthrough } from './features/walkthrough.js';
import { supportedLanguages } from './languages.js';
import { chat } from './manage/chat.js';
import * as environment from './manage/environment.js';
import { fit } from './manage/fit.js';
import { registerMcp } from './manage/mcp.js';
import * as models from './manage/models.js';
import * as store from './manage/store.js';
import { indexWorkspace } from './manage/workspace.js';
import { Server } from './server/server.js';

let server: Server | undefined;

/** What tests in the extension host may look at. */
export interface Api {
  readonly server: Server;
  readonly runs: Runs;
}

export function activate(extension: vscode.ExtensionContext): Api {
  const log = vscode.window.createOutputChannel('Planfirst', { log: true });
  const status = new Status();
  const runs = new Runs(status);
  const memory = new PlanMemory();
  const languages = supportedLanguages(extension);
  let pointed: Pointed = () => undefined;
  server = new Server(
    extension,
    log,
    middleware(
      () => server?.connected === true,
      async (document, position) => {
        try {
          return await hoverAt(context, document, position, (site) => pointed(site));
        } catch (error) {
          log.error(`hover: ${String(error)}`);
          return undefined;
        }
      },
      async (document, line) => {
        const site = await siteAt(context, document, line, line).catch(() => undefined);
        return site !== undefined && memory.stale(document.uri, site) !== undefined;
      },
    ),
  );
  const context: Context = { extension, log, server, status, runs, memory };
  const siteKeys = new SiteKeys(context, languages);
  pointed = (site) => siteKeys.pointed(site);
  const plans = new PlanDocuments(context);
  const prompts = new PromptDocuments(context);
  const walkthrough = new Walkthrough(context);
  const previews: Previews = new Previews(context, (target, attempt) => requests.generateAgain(target, attempt), languages);
  const requests = new RequestCommands(context, plans, prompts, () => previews, () => walkthrough.generated());
  const chatRequests = new ChatRequests(context, requests, languages);
  extension.subscriptions.push(log, status, runs, memory, server, siteKeys, plans, prompts, previews, walkthrough, new PlanMarks(context, plans), registerViews());

  const commands: Record<string, (...args: unknown[]) => unknown> = {
    plan: (at) => requests.plan(at),
    replan: (at) => requests.plan(at, true),
    generate: (at) => requests.generate(at),
    generateFromPlan: (at) => requests.generateFromPlan(at),
    showPrompt: (at) => requests.showPrompt(at),
    insertPlan: (at) => requests.insertPlan(at),
    editPlan: (at) => requests.editPlan(at),
    revealRequest: (uri) => (plans.has(uri) ? plans.reveal(uri) : undefined),
    accept: (at) => previews.accept(at),
    acceptByKey: () => previews.accept(), // apart from accept: a button in a title bar has no room for its key
    reject: (at) => previews.reject(at),
    keepGhost: (at) => previews.keep(at),
    dropGhost: () => previews.dropGhost(),
    keepWritten: () => previews.ghosts.keepWritten(),
    tryAgain: (at) => previews.tryAgain(at),
    showPreview: (at) => previews.reopen(at),
    showCheck: (at) => previews.showCheck(at),
    showVerdict: (verdict) => showVerdict(verdict),
    copyPrompt: (uri) => prompts.copy(uri),
    savePrompt: (uri) => prompts.save(uri),
    toggleSection: (uri, name) => prompts.toggle(uri, name),
    cancel: () => runs.cancelAll(),
    chooseModel: () => models.choose(context),
    importModel: () => models.importFile(context),
    useEndpoint: () => models.useEndpoint(context),
    testModel: () => models.test(context),
    fitModel: () => fit(context),
    manageStore: () => store.manage(context),
    buildStore: () => store.build(context),
    searchStore: () => store.search(context),
    addFileToStore: () => store.add(context, 'file'),
    addFolderToStore: () => store.add(context, 'folder'),
    removeFromStore: () => store.remove(context),
    indexWorkspace: () => indexWorkspace(context),
    install: () => environment.install(context),
    menu: () => showMenu(context),
    showLog: () => log.show(),
    restart: () => context.server.restart(),
    doctor: () => environment.doctor(context),
    chat: () => chat(context),
    chatPreview: (id) => chatRequests.preview(id),
    chatVerify: (id) => chatRequests.verify(id),
    chatGenerate: (id) => chatRequests.follow(id),
  };
  for (const [name, action] of Object.entries(commands)) {
    extension.subscriptions.push(vscode.commands.registerCommand(`planfirst.${name}`, guarded(name, action)));
  }

  /** No command fails silently: what went wrong is shown, with what can be done. */
  function guarded(name: string, action: (...args: unknown[]) => unknown): (...args: unknown[]) => Promise<void> {
    return async (...args) => {
      try {
        await action(...args);
      } catch (error) {
        log.error(`${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
        showFailure(messageOf(error));
      }
    };
  }

  extension.subscriptions.push(
    server.onDidChangeState((state) => {
      status.setState(state);
      if (state === 'running') {
        void guarded('offerFirst', () => models.offerFirst(context))();
      }
    }),
    vscode.workspace.onDidChangeConfiguration(async (event) => {
      if (event.affectsConfiguration('planfirst.server')) {
        await context.server.restart();
      } else if (event.affectsConfiguration('planfirst')) {
        await context.server.settingsChanged();
        status.render();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => context.server.restart()),
  );
  const ofNewerEditors = [registerMcp(context), registerModels(context), registerParticipant(context, chatRequests)];
  extension.subscriptions.push(...ofNewerEditors.filter((one) => one !== undefined));
  void server.start();
  return { server, runs };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
