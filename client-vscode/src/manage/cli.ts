import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { Failure } from '../failures.js';
import { serverSettings } from '../pure/settings.js';
import { parseProgress } from '../pure/progress.js';
import { cleanEnvironment } from '../server/interpreter.js';
import { run, type Finished } from '../server/run.js';

const { t } = vscode.l10n;

/** Runs `planfirst ARGUMENTS` with the server's interpreter. Rejects with a Failure when it exits with a fault. */
export async function planfirst(
  context: Context,
  args: readonly string[],
  options: { signal?: AbortSignal; onProgress?: (done: number, total: number) => void; settings?: boolean } = {},
): Promise<Finished> {
  const interpreter = context.server.interpreter;
  if (!interpreter || interpreter.verdict !== 'usable') {
    throw new Failure(t('The Planfirst server is not installed. Choose Install Server first.'));
  }
  const finished = await run(interpreter.path, ['-P', '-m', 'planfirst', ...args, ...(options.settings ? settingArguments() : [])], {
    cwd: context.extension.globalStorageUri.fsPath,
    env: { ...cleanEnvironment(), PLANFIRST_PROGRESS: 'json', NO_COLOR: '1' },
    ...(options.signal ? { signal: options.signal } : {}),
    onOutput: (text, stream) => {
      for (const line of stream === 'stderr' ? text.split('\n') : []) {
        const progress = parseProgress(line);
        if (progress) {
          options.onProgress?.(progress.done, progress.total);
        } else if (line.trim()) {
          context.log.info(`planfirst ${args[0] ?? ''}: ${line.trimEnd()}`);
        }
      }
    },
  });
  if (finished.code !== 0) {
    const said = finished.stderr.split('\n').filter((line) => line.startsWith('planfirst: ')).at(-1);
    throw new Failure(said?.slice('planfirst: '.length) ?? t('`planfirst {0}` ended with code {1}. Choose Show Log to see what it said.', args.join(' '), String(finished.code)));
  }
  return finished;
}

/** Runs a command under a progress that can be cancelled; undefined when it was. */
export async function withBar(
  context: Context,
  title: string,
  args: readonly string[],
  options: { settings?: boolean; unit?: 'bytes' | 'seconds' } = {},
): Promise<Finished | undefined> {
  const abort = new AbortController();
  try {
    return await vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
      token.onCancellationRequested(() => abort.abort());
      let shown = 0;
      const onProgress = (done: number, total: number): void => {
        const percent = total > 0 ? (100 * done) / total : 0;
        const message =
          options.unit === 'bytes'
            ? t('{0} of {1} MB', (done / 1e6).toFixed(0), (total / 1e6).toFixed(0))
            : options.unit === 'seconds'
              ? t('{0} s of at most {1}', done, total)
              : t('{0} of {1}', done, total);
        progress.report({ message, increment: percent - shown });
        shown = percent;
      };
      return planfirst(context, args, { signal: abort.signal, onProgress, ...(options.settings ? { settings: true } : {}) });
    });
  } catch (error) {
    if (abort.signal.aborted) {
      return undefined;
    }
    throw error;
  }
}

/** What the user has set, as `--set` arguments, so that a command works with what the server works with. */
export function settingArguments(): string[] {
  const settings = vscode.workspace.getConfiguration('planfirst');
  const sections = serverSettings(vscode.workspace.getConfiguration().get('planfirst'));
  const names = Object.entries(sections).flatMap(([section, values]) =>
    typeof values !== 'object' || values === null ? [] : Object.keys(values).map((name) => `${section}.${name}`),
  );
  return names.filter((name) => isSet(settings, name)).flatMap((name) => {
    const value = settings.get<unknown>(name);
    return ['--set', `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`];
  });
}

function isSet(settings: vscode.WorkspaceConfiguration, name: string): boolean {
  const found = settings.inspect(name);
  return [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue].some((value) => value !== undefined);
}
