import { homedir } from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

import { best, judge, parseProbe, PROBE_SCRIPT, type Verdict } from '../pure/probe.js';
import { run } from './run.js';

const PROBE_TIMEOUT_MS = 30_000; // a cold disk, or a virus scanner that reads every file first

/** A Python interpreter, and whether the server can be started with it. */
export interface Interpreter {
  path: string;
  verdict: Verdict;
  version: string | undefined;
  chosenBy: 'setting' | 'private' | 'bundle' | 'python' | 'path';
}

/** The folder of the environment that the installer makes. */
export function privateEnvironment(extension: vscode.ExtensionContext): string {
  return path.join(extension.globalStorageUri.fsPath, 'environment');
}

/** The folder of the environment that the offline bundle's installer makes; offline/install.py names it too. */
export const bundleEnvironment = (): string => path.join(homedir(), '.planfirst', 'environment');

export function pythonIn(environment: string): string {
  return process.platform === 'win32' ? path.join(environment, 'Scripts', 'python.exe') : path.join(environment, 'bin', 'python');
}

/**
 * The setting decides, if there is one. Else the first usable one of: the private environment, that of the
 * offline bundle, the one chosen in the Python extension, and what the system has; when none is usable, the one that is nearest to it.
 */
export async function findInterpreter(extension: vscode.ExtensionContext, version: string): Promise<Interpreter> {
  const configured = vscode.workspace.getConfiguration('planfirst').get<string>('server.interpreter', '').trim();
  if (configured) {
    return look(configured, 'setting', extension, version);
  }
  const found: Interpreter[] = [];
  for (const [candidate, chosenBy] of await candidates(extension)) {
    const seen = await look(candidate, chosenBy, extension, version);
    if (seen.verdict === 'usable') {
      return seen;
    }
    found.push(seen);
  }
  return found[best(found.map((one) => one.verdict))] ?? { path: 'python3', verdict: 'none', version: undefined, chosenBy: 'path' };
}

/** A Python that can make an environment: new enough, whether or not the server is installed in it. */
export async function findBasePython(extension: vscode.ExtensionContext, version: string): Promise<Interpreter | undefined> {
  const configured = vscode.workspace.getConfiguration('planfirst').get<string>('server.interpreter', '').trim();
  const all = await candidates(extension);
  const rows = configured ? [[configured, 'setting'] as const, ...all] : all;
  for (const [candidate, chosenBy] of rows) {
    const seen = chosenBy === 'private' || chosenBy === 'bundle' ? undefined : await look(candidate, chosenBy, extension, version);
    if (seen && seen.verdict !== 'none' && seen.verdict !== 'old') {
      return seen;
    }
  }
  return undefined;
}

async function candidates(extension: vscode.ExtensionContext): Promise<(readonly [string, Interpreter['chosenBy']])[]> {
  const rows: (readonly [string, Interpreter['chosenBy']])[] = [
    [pythonIn(privateEnvironment(extension)), 'private'],
    [pythonIn(bundleEnvironment()), 'bundle'],
  ];
  const selected = await selectedInPythonExtension();
  if (selected) {
    rows.push([selected, 'python']);
  }
  const names = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];
  return [...rows, ...names.map((name) => [name, 'path'] as const)];
}

/** The environment chosen in the Python extension. It can lie in the workspace, so an untrusted one has no say. */
async function selectedInPythonExtension(): Promise<string | undefined> {
  const python = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (!python || !vscode.workspace.isTrusted) {
    return undefined;
  }
  try {
    const api = python.isActive ? python.exports : await python.activate();
    return api.environments?.getActiveEnvironmentPath(vscode.workspace.workspaceFolders?.[0]?.uri)?.path;
  } catch {
    return undefined; // without that extension there are still the others
  }
}

interface PythonApi {
  environments?: { getActiveEnvironmentPath(resource?: vscode.Uri): { path: string } | undefined };
}

async function look(
  candidate: string,
  chosenBy: Interpreter['chosenBy'],
  extension: vscode.ExtensionContext,
  version: string,
): Promise<Interpreter> {
  try {
    const finished = await run(candidate, ['-c', PROBE_SCRIPT], {
      cwd: extension.extensionPath, // never the workspace: a folder named planfirst there must not be imported
      env: cleanEnvironment(),
      timeoutMs: PROBE_TIMEOUT_MS,
    });
    const probe = parseProbe(finished.stdout);
    return { path: candidate, verdict: judge(probe, version), version: probe?.planfirst ?? undefined, chosenBy };
  } catch {
    return { path: candidate, verdict: 'none', version: undefined, chosenBy };
  }
}

/** The environment for our Python processes: nothing of the workspace on the module path. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PYTHONPATH: _path, PYTHONHOME: _home, PYTHONSTARTUP: _startup, ...rest } = process.env;
  return { ...rest, PYTHONSAFEPATH: '1', PYTHONUTF8: '1', PYTHONIOENCODING: 'utf-8' };
}
