import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { Failure } from '../failures.js';
import { mcpArguments, mcpEnvironment, mcpLabels } from '../pure/mcp.js';
import { cleanEnvironment } from '../server/interpreter.js';
import { run } from '../server/run.js';
import { apiKey } from '../server/secrets.js';
import { settingArguments } from './cli.js';

const { t } = vscode.l10n;

const ID = 'planfirst.tools'; // as in package.json

/** The editor's part for MCP servers. It came with version 1.101, and older ones are supported. */
interface Definition {
  cwd?: vscode.Uri;
  env: Record<string, string | number | null>;
}
interface McpApi {
  lm?: { registerMcpServerDefinitionProvider?(id: string, provider: object): vscode.Disposable };
  McpStdioServerDefinition?: new (
    label: string,
    command: string,
    args: string[],
    env: Record<string, string | number | null>,
    version: string,
  ) => Definition;
}

/** Offers Planfirst's tools to the editor's own agents, with the server's interpreter and settings. Undefined where the editor is too old. */
export function registerMcp(context: Context): vscode.Disposable | undefined {
  const { lm, McpStdioServerDefinition: Stdio } = vscode as unknown as McpApi;
  if (!lm?.registerMcpServerDefinitionProvider || !Stdio) {
    return undefined;
  }
  const changed = new vscode.EventEmitter<void>();
  const provider = lm.registerMcpServerDefinitionProvider(ID, {
    onDidChangeMcpServerDefinitions: changed.event,
    provideMcpServerDefinitions: () => definitions(context, Stdio),
    resolveMcpServerDefinition: (definition: Definition) => resolved(context, definition),
  });
  return vscode.Disposable.from(
    changed,
    provider,
    context.server.onDidChangeState((state) => state === 'running' && changed.fire()),
    vscode.workspace.onDidChangeWorkspaceFolders(() => changed.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration('planfirst') && changed.fire()),
  );
}

function definitions(context: Context, Stdio: NonNullable<McpApi['McpStdioServerDefinition']>): Definition[] {
  const interpreter = context.server.interpreter;
  if (!vscode.workspace.isTrusted || interpreter?.verdict !== 'usable') {
    return [];
  }
  const settings = vscode.workspace.getConfiguration('planfirst');
  const level = settings.get<string>('server.logLevel', 'warning').toUpperCase();
  const env = mcpEnvironment({ ...cleanEnvironment(), PLANFIRST_LOG: level }, process.env);
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ name, uri }) => ({ name, path: uri.fsPath }));
  return mcpLabels(folders).map((label, n) => {
    const folder = folders[n]?.path ?? '';
    const args = mcpArguments({ folder, mayRun: settings.get('verify.run') === 'on', settings: settingArguments() });
    const definition = new Stdio(label, interpreter.path, args, env, context.server.version);
    definition.cwd = context.extension.globalStorageUri; // -P keeps a module of the folder out, and this does, too
    return definition;
  });
}

/** Just before it is started. The key is added here, since the editor may keep what it was given before. */
async function resolved(context: Context, definition: Definition): Promise<Definition> {
  const python = context.server.interpreter?.path ?? 'python3';
  const probe = 'import importlib.util, sys; sys.exit(importlib.util.find_spec("mcp") is None)';
  const { code } = await run(python, ['-P', '-c', probe], { env: cleanEnvironment() });
  if (code !== 0) {
    throw new Failure(t('The tools for agents need the package mcp. Install it with: {0} -m pip install "mcp>=2.3,<3"', python));
  }
  await vscode.workspace.fs.createDirectory(context.extension.globalStorageUri);
  const key = await apiKey(context.extension);
  definition.env = { ...definition.env, ...(key ? { PLANFIRST_API_KEY: key } : {}) };
  return definition;
}
