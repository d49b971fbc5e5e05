import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  RevealOutputChannelOn,
  ShowMessageRequest,
  State,
  TransportKind,
  type LanguageClientOptions,
  type Middleware,
} from 'vscode-languageclient/node';

import { showFailure } from '../failures.js';
import { selector, supportedLanguages } from '../languages.js';
import { OUR_CLIENT } from '../protocol.js';
import { Backoff } from '../pure/backoff.js';
import { serverSettings } from '../pure/settings.js';
import { compatible } from '../pure/versions.js';
import { cleanEnvironment, findInterpreter, type Interpreter } from './interpreter.js';
import { showQuestion } from './questions.js';
import { apiKey } from './secrets.js';

const { t } = vscode.l10n;

export type ServerState = 'stopped' | 'starting' | 'running' | 'failed';

/** The language server's process and the connection to it. */
export class Server implements vscode.Disposable {
  state: ServerState = 'stopped';
  interpreter: Interpreter | undefined;
  client: LanguageClient | undefined;
  private readonly changed = new vscode.EventEmitter<ServerState>();
  readonly onDidChangeState = this.changed.event;
  private readonly backoff = new Backoff();
  private starting: Promise<void> | undefined;
  private lost = false;

  constructor(
    private readonly extension: vscode.ExtensionContext,
    private readonly log: vscode.LogOutputChannel,
    private readonly middleware: Middleware,
  ) {}

  /** Whether a request would reach the server; also true while it is being told of the open documents. */
  get connected(): boolean {
    return !this.lost && this.client?.state === State.Running;
  }

  get version(): string {
    return (this.extension.extension.packageJSON as { version: string }).version;
  }

  /** Starts the server, unless it is running or starting. Failures are shown, not thrown. */
  start(): Promise<void> {
    this.starting ??= this.launch().finally(() => (this.starting = undefined));
    return this.starting;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.backoff.reset();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.starting;
    const client = this.client;
    this.client = undefined;
    this.set('stopped');
    await client?.dispose(5000).catch((error: unknown) => this.log.warn(`stopping: ${String(error)}`));
  }

  /** The running client, started if need be; undefined when it does not start, which has then been shown. */
  async ready(): Promise<LanguageClient | undefined> {
    if (this.state !== 'running') {
      await this.start();
    }
    return this.state === 'running' ? this.client : undefined;
  }

  /** Tells the server to ask for its settings again. */
  async settingsChanged(): Promise<void> {
    if (this.state === 'running') {
      // A server that ends just now asks for its settings when it starts again.
      await this.client
        ?.sendNotification('workspace/didChangeConfiguration', { settings: null })
        .catch((error: unknown) => this.log.warn(`settings: ${String(error)}`));
    }
  }

  dispose(): void {
    void this.stop();
    this.changed.dispose();
  }

  private set(state: ServerState): void {
    if (state !== this.state) {
      this.state = state;
      this.changed.fire(state);
    }
  }

  private async launch(): Promise<void> {
    if (this.client) {
      return;
    }
    this.lost = false;
    this.set('starting');
    const interpreter = await findInterpreter(this.extension, this.version);
    this.interpreter = interpreter;
    this.log.info(`interpreter ${interpreter.path} (${interpreter.chosenBy}): ${interpreter.verdict} ${interpreter.version ?? ''}`);
    if (interpreter.verdict !== 'usable') {
      this.set('failed');
      showFailure(this.explain(interpreter), ...waysOut(interpreter));
      return;
    }
    const client = new LanguageClient('planfirst', 'Planfirst', await this.executable(interpreter), this.options());
    client.onDidChangeState(({ newState }) => {
      if (this.client !== client) {
        return;
      }
      if (newState === State.Running) {
        this.lost = false;
        // It only counts as running when it has been told of the open documents, which comes after this event.
        void client.start().then(() => this.client === client && this.set('running'), () => undefined);
      } else {
        this.set(newState === State.Stopped && this.state !== 'starting' ? 'stopped' : 'starting');
      }
    });
    client.onRequest(ShowMessageRequest.type, showQuestion);
    this.client = client;
    try {
      await client.start();
      this.set('running');
      this.checkVersion(client);
    } catch (error) {
      this.log.error(String(error));
      this.client = undefined;
      this.set('failed');
      void client.dispose().catch(() => undefined);
      showFailure(t('The language server did not start. Choose Show Log for the reason, put it right, then choose Restart.'));
    }
  }

  private async executable(interpreter: Interpreter): Promise<{ command: string; args: string[]; transport: TransportKind; options: object }> {
    await vscode.workspace.fs.createDirectory(this.extension.globalStorageUri);
    const key = await apiKey(this.extension);
    const level = vscode.workspace.getConfiguration('planfirst').get<string>('server.logLevel', 'warning');
    return {
      command: interpreter.path,
      args: ['-P', '-m', 'planfirst.lsp'], // -P: no module of the current folder
      transport: TransportKind.stdio,
      options: {
        cwd: this.extension.globalStorageUri.fsPath,
        env: { ...cleanEnvironment(), PLANFIRST_LOG: level.toUpperCase(), ...(key ? { PLANFIRST_API_KEY: key } : {}) },
      },
    };
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: selector(supportedLanguages(this.extension)),
      outputChannel: this.log,
      initializationOptions: () => ({ client: OUR_CLIENT, ...serverSettings(vscode.workspace.getConfiguration().get('planfirst')) }),
      middleware: this.middleware,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      errorHandler: {
        error: (error) => {
          this.log.warn(`connection: ${error.message}`);
          return { action: ErrorAction.Continue, handled: true };
        },
        closed: () => this.closed(),
      },
      initializationFailedHandler: (error) => {
        this.log.error(`initialize failed: ${String(error)}`);
        return false;
      },
    };
  }

  private async closed(): Promise<{ action: CloseAction; handled: boolean }> {
    this.lost = true; // the client counts as running until this method has answered
    const wait = this.backoff.crashed(Date.now());
    if (wait === undefined) {
      this.client = undefined;
      this.set('failed');
      showFailure(t('The language server ended unexpectedly five times, so it is not started again. Run Doctor to see what is wrong, then choose Restart.'));
      return { action: CloseAction.DoNotRestart, handled: true };
    }
    this.log.warn(`the server ended unexpectedly; starting it again in ${wait} ms`);
    this.set('starting');
    await new Promise((resolve) => setTimeout(resolve, wait));
    return { action: CloseAction.Restart, handled: true };
  }

  private checkVersion(client: LanguageClient): void {
    const running = client.initializeResult?.serverInfo?.version ?? '';
    if (!compatible(running, this.version)) {
      showFailure(mismatch(running, this.version), { title: t('Install Server'), command: 'planfirst.install' });
    }
  }

  private explain({ path, verdict, version, chosenBy }: Interpreter): string {
    const fromSetting = chosenBy === 'setting';
    switch (verdict) {
      case 'none':
        return fromSetting
          ? t('{0} is not a Python interpreter that can be started. Correct or clear the setting planfirst.server.interpreter.', path)
          : t('No Python was found. Install Python 3.11 or newer, or name one in the setting planfirst.server.interpreter.');
      case 'old':
        return t('{0} is older than Python 3.11. Install a newer one, or name one in the setting planfirst.server.interpreter.', path);
      case 'missing':
        return t('The Planfirst server is not installed for {0}. Choose Install Server to put it into an environment of its own.', path);
      default:
        return mismatch(version ?? '?', this.version);
    }
  }
}

function mismatch(server: string, extension: string): string {
  return t('The server has version {0}, but this extension needs {1}. Choose Install Server to install the one that fits.', server, extension);
}

function waysOut({ verdict, chosenBy }: Interpreter): { title: string; command: string; args?: unknown[] }[] {
  const settings = { title: t('Open Setting'), command: 'workbench.action.openSettings', args: ['planfirst.server.interpreter'] };
  const install = { title: t('Install Server'), command: 'planfirst.install' };
  if (verdict === 'missing' || verdict === 'mismatch') {
    return chosenBy === 'setting' ? [install, settings] : [install];
  }
  return [settings];
}
