import * as path from 'node:path';
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { Failure, showNotice } from '../failures.js';
import { view } from '../features/view.js';
import { cleanEnvironment, findBasePython, privateEnvironment, pythonIn } from '../server/interpreter.js';
import { run } from '../server/run.js';

const { t } = vscode.l10n;

/** Makes an environment that only this extension uses and installs the server that came with the extension into it. */
export async function install(context: Context): Promise<void> {
  const python = await findBasePython(context.extension, context.server.version);
  if (!python) {
    throw new Failure(t('No Python was found. Install Python 3.11 or newer, or name one in the setting planfirst.server.interpreter.'));
  }
  const wheel = await bundledWheel(context);
  const from = await vscode.window.showQuickPick(
    [
      { label: `$(cloud-download) ${t('From the network')}`, detail: t('pip fetches the packages from the index that it is configured for.'), offline: false },
      { label: `$(folder-opened) ${t('From a folder of wheels')}`, detail: t('For a machine without network; nothing is fetched.'), offline: true },
    ],
    { title: t('Planfirst: install the server'), placeHolder: t('Where should the packages come from?'), ignoreFocusOut: true },
  );
  if (!from) {
    return;
  }
  let source: string[] = [];
  if (from.offline) {
    const [folder] = (await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, title: t('The folder that holds the wheels') })) ?? [];
    if (!folder) {
      return;
    }
    source = ['--no-index', '--find-links', folder.fsPath];
  }
  const environment = privateEnvironment(context.extension);
  const wanted = wheel ?? `planfirst==${context.server.version}`;
  const abort = new AbortController();
  await context.server.stop(); // it may be running from that environment
  try {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: t('Planfirst: installing the server'), cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(() => abort.abort());
        const step = async (message: string, command: string, args: string[]): Promise<void> => {
          progress.report({ message });
          context.log.info(`${command} ${args.join(' ')}`);
          const finished = await run(command, args, {
            cwd: context.extension.globalStorageUri.fsPath,
            env: cleanEnvironment(),
            signal: abort.signal,
            onOutput: (text) => text.split('\n').forEach((line) => line.trim() && context.log.info(line.trimEnd())),
          });
          if (finished.code !== 0) {
            const last = finished.stderr.trim().split('\n').filter((line) => /error/i.test(line)).at(-1) ?? '';
            throw new Failure(t('“{0}” failed: {1} Choose Show Log for all of it, put it right, then choose Install Server again.', message, last));
          }
        };
        await vscode.workspace.fs.createDirectory(context.extension.globalStorageUri);
        await step(t('Making an environment'), python.path, ['-m', 'venv', '--clear', environment]);
        await step(t('Installing packages, which can take minutes'), pythonIn(environment), [
          '-m', 'pip', 'install', '--disable-pip-version-check', '--no-input', ...source, wanted,
        ]);
      },
    );
  } catch (error) {
    if (abort.signal.aborted) {
      void showNotice(t('The installation was cancelled. Choose Install Server to start over.'), { title: t('Install Server'), command: 'planfirst.install' });
      return;
    }
    throw error;
  }
  const settings = vscode.workspace.getConfiguration('planfirst');
  if (settings.get('server.interpreter', '')) {
    await settings.update('server.interpreter', undefined, vscode.ConfigurationTarget.Global);
  }
  await context.server.restart();
  if (context.server.state === 'running') {
    void vscode.window.showInformationMessage(t('Planfirst: the server is installed and running.'));
  }
}

/** Runs `planfirst doctor` and shows what it says beside what the extension knows. */
export async function doctor(context: Context): Promise<void> {
  const { server, extension, log } = context;
  const lines = [
    t('Planfirst: Doctor'),
    '',
    `extension   ${server.version}, ${extension.extension.extensionKind === vscode.ExtensionKind.UI ? 'ui' : 'workspace'}, VS Code ${vscode.version}`,
    `server      ${server.state}${server.client?.initializeResult?.serverInfo?.version ? `, ${server.client.initializeResult.serverInfo.version}` : ''}`,
    `interpreter ${server.interpreter ? `${server.interpreter.path} (${server.interpreter.chosenBy}): ${server.interpreter.verdict}` : '-'}`,
    `trusted     ${vscode.workspace.isTrusted}`,
    '',
  ];
  const interpreter = server.interpreter;
  if (interpreter && (interpreter.verdict === 'usable' || interpreter.verdict === 'mismatch')) {
    const finished = await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title: t('Planfirst: Doctor is checking each part') }, () =>
      run(interpreter.path, ['-P', '-m', 'planfirst', 'doctor'], {
        cwd: extension.globalStorageUri.fsPath,
        env: { ...cleanEnvironment(), NO_COLOR: '1', COLUMNS: '160' },
        timeoutMs: 180_000,
      }),
    );
    lines.push(finished.stdout.trimEnd(), finished.code === 0 ? '' : finished.stderr.trimEnd());
  } else {
    lines.push(t('The server is not installed. Choose “Planfirst: Install Server” in the command palette.'));
  }
  log.info(lines.join('\n'));
  await view('doctor.txt', `${lines.join('\n').trimEnd()}\n`);
}

/** The server's wheel in the VSIX; undefined in a checkout that has not been packaged. */
async function bundledWheel(context: Context): Promise<string | undefined> {
  const folder = vscode.Uri.joinPath(context.extension.extensionUri, 'dist');
  const files = await vscode.workspace.fs.readDirectory(folder).then(undefined, () => []);
  const name = files.map(([file]) => file).find((file) => file.startsWith('planfirst-') && file.endsWith('.whl'));
  return name && path.join(folder.fsPath, name);
}
