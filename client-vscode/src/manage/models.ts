import { totalmem } from 'node:os';
import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { tokensPerSecond } from '../features/status.js';
import { modelToOffer, sizeText } from '../pure/firstModel.js';
import { QUERIES, type Speed } from '../protocol.js';
import { setApiKey } from '../server/secrets.js';
import { planfirst, withBar } from './cli.js';

const { t } = vscode.l10n;
const OFFERED = 'planfirst.modelOffered';

interface ModelRow {
  name: string;
  size: number;
  licence: string;
  roles: string[];
  installed: boolean;
  origin?: string;
  problem?: string;
  summary?: string;
  repository?: string;
}

type Role = 'planner' | 'generator';

/** The picker: what is installed and what can be fetched, for which role; and other ways to a model. */
export async function choose(context: Context): Promise<void> {
  const rows = await list(context);
  const settings = vscode.workspace.getConfiguration('planfirst');
  const inUse: Record<Role, string> = { planner: settings.get('planner.model', ''), generator: settings.get('generator.model', '') || settings.get('planner.model', '') };
  const separator = (label: string): vscode.QuickPickItem => ({ label, kind: vscode.QuickPickItemKind.Separator });
  const item = (row: ModelRow): vscode.QuickPickItem & { row: ModelRow } => {
    const uses = [inUse.planner === row.name ? t('writes plans') : '', inUse.generator === row.name ? t('writes code') : ''].filter(Boolean);
    return {
      label: `${row.installed ? (row.problem ? '$(warning)' : uses.length > 0 ? '$(check)' : '$(circle-outline)') : '$(cloud-download)'} ${row.name}`,
      description: [size(row.size), row.licence || t('licence not known'), row.roles.map(roleName).join(', ')].join(' · '),
      detail: row.problem || uses.join(' · ') || row.summary || '',
      row,
    };
  };
  const extra = (icon: string, label: string, command: string): vscode.QuickPickItem & { command: string } => ({ label: `$(${icon}) ${label}`, command });
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { row?: ModelRow; command?: string }>(
    [
      separator(t('Installed')),
      ...rows.filter((row) => row.installed).map(item),
      separator(t('Can be downloaded')),
      ...rows.filter((row) => !row.installed && row.repository).map(item),
      separator(t('Others')),
      extra('folder-opened', t('Import a GGUF file from this machine…'), 'importModel'),
      extra('server', t('Use an OpenAI-compatible server…'), 'useEndpoint'),
      extra('dashboard', t('Test the model in use'), 'testModel'),
      extra('rocket', t('Make the model in use quicker on this machine…'), 'fitModel'),
    ],
    { title: t('Planfirst: models'), placeHolder: t('Choose a model to use or to download'), matchOnDescription: true },
  );
  if (chosen?.command) {
    await vscode.commands.executeCommand(`planfirst.${chosen.command}`);
  } else if (chosen?.row) {
    await (chosen.row.installed ? use(context, chosen.row) : download(context, chosen.row));
  }
}

/** Offers a machine that has only the starter a model that writes code of its own: once, and only where the choice is left to Planfirst. */
export async function offerFirst(context: Context): Promise<void> {
  const state = context.extension.globalState;
  if (state.get(OFFERED) || !choiceIsOurs()) {
    return;
  }
  const rows = await list(context).catch((error: unknown) => {
    context.log.warn(`models list: ${String(error)}`); // nobody asked for it
    return [];
  });
  const row = modelToOffer(rows, totalmem());
  if (!row) {
    return;
  }
  await state.update(OFFERED, true);
  const yes = t('Get {0} ({1})', row.name, sizeText(row.size));
  const said = await vscode.window.showInformationMessage(
    t('Planfirst works with its small starter model now, which only carries the examples it finds over to your request. A larger model writes code of its own, and runs on this machine, too.'),
    yes,
    t('Not Now'),
  );
  if (said === yes) {
    await download(context, row, taken);
  }
}

/** Whether `auto` writes both plans and code. */
function choiceIsOurs(): boolean {
  const settings = vscode.workspace.getConfiguration('planfirst');
  const [planner, generator] = [settings.get('planner.model', ''), settings.get('generator.model', '')];
  return planner === 'auto' && ['', 'auto'].includes(generator) && !settings.get('generator.endpoint', '');
}

async function list(context: Context): Promise<ModelRow[]> {
  return JSON.parse((await planfirst(context, ['models', 'list', '--json'])).stdout) as ModelRow[];
}

/** Takes a GGUF file over by copying it, for machines without network. */
export async function importFile(context: Context): Promise<void> {
  const [file] = (await vscode.window.showOpenDialog({ filters: { GGUF: ['gguf'] }, title: t('Choose a GGUF file to import') })) ?? [];
  if (!file) {
    return;
  }
  const finished = await withBar(context, t('Planfirst: importing {0}', file.path.split('/').at(-1) ?? ''), ['models', 'import', file.fsPath]);
  const name = /^Imported as (\S+);/m.exec(finished?.stdout ?? '')?.[1];
  if (name) {
    await offer(context, { name, size: 0, licence: '', roles: ['planner', 'generator'], installed: true });
  }
}

/** A local or on-premises OpenAI-compatible server; its key goes to the secret storage, never into settings. */
export async function useEndpoint(context: Context): Promise<void> {
  const settings = vscode.workspace.getConfiguration('planfirst');
  const title = t('Planfirst: OpenAI-compatible server');
  const endpoint = await vscode.window.showInputBox({
    title,
    prompt: t('Base URL. Your requests and the code around them are sent there and nowhere else. Leave it empty to use local models only.'),
    placeHolder: 'http://127.0.0.1:8080/v1',
    value: settings.get('generator.endpoint', ''),
    ignoreFocusOut: true,
    validateInput: (value) => (!value || /^https?:\/\/[^/\s]+/.test(value) ? undefined : t('Write a URL that begins with http:// or https://.')),
  });
  if (endpoint === undefined) {
    return;
  }
  if (!endpoint) {
    await settings.update('generator.endpoint', undefined, vscode.ConfigurationTarget.Global);
    return;
  }
  const host = new URL(endpoint).hostname.replace(/^\[|\]$/g, '');
  const allowed = settings.get<string[]>('generator.allowedHosts', []);
  if (!allowed.includes(host)) {
    const yes = t('Allow {0}', host);
    const said = await vscode.window.showWarningMessage(
      t('Allow Planfirst to send requests, with the code around them, to {0}?', host),
      { modal: true },
      yes,
    );
    if (said !== yes) {
      return;
    }
    await settings.update('generator.allowedHosts', [...allowed, host], vscode.ConfigurationTarget.Global);
  }
  const model = await vscode.window.showInputBox({
    title,
    prompt: t('The name of the model on that server'),
    value: settings.get('generator.endpointModel', ''),
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() ? undefined : t('Write the name of a model that the server has.')),
  });
  if (!model) {
    return;
  }
  const key = await vscode.window.showInputBox({
    title,
    prompt: t('Its key; leave it empty if it needs none. It is kept in the secret storage of the editor.'),
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) {
    return;
  }
  await setApiKey(context.extension, key);
  await settings.update('generator.endpointModel', model.trim(), vscode.ConfigurationTarget.Global);
  await settings.update('generator.endpoint', endpoint, vscode.ConfigurationTarget.Global);
  await context.server.restart(); // the key reaches the server through its environment
  await test(context);
}

/** Lets the model in use write a little and says how fast it does. */
export async function test(context: Context): Promise<void> {
  const client = await context.server.ready();
  if (!client) {
    return;
  }
  const speed = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: t('Planfirst: testing the model'), cancellable: true },
    async (_, token) => {
      try {
        return await client.sendRequest<Speed>(QUERIES.speed, null, token);
      } catch (error) {
        if (token.isCancellationRequested) {
          return undefined;
        }
        throw error;
      }
    },
  );
  if (speed) {
    const rate = tokensPerSecond(speed.tokens / Math.max(speed.seconds, 1e-3));
    void vscode.window.showInformationMessage(t('Planfirst: {0} with {1} ({2} tokens in {3} s).', rate, speed.model, speed.tokens, speed.seconds.toFixed(2)));
  }
}

/** Downloads a model. Pausing ends the download and keeps what is there; it continues from that point when resumed. */
async function download(context: Context, row: ModelRow, then = offer): Promise<void> {
  const finished = await withBar(context, t('Planfirst: downloading {0}; Cancel pauses it', row.name), ['models', 'pull', row.name], { unit: 'bytes' });
  if (finished) {
    await then(context, row);
    return;
  }
  const resume = t('Resume');
  const said = await vscode.window.showInformationMessage(t('Planfirst: the download of {0} is paused. Resume continues where it stopped.', row.name), resume);
  if (said === resume) {
    await download(context, row, then);
  }
}

/** Says that a model which `auto` takes by itself is here. */
async function taken(context: Context, row: ModelRow): Promise<void> {
  const ways = { [t('Test the model in use')]: 'testModel', [t('Make It Quicker')]: 'fitModel' };
  const text = t('Planfirst: the model {0} is installed. It is used from your next request on, if enough memory is free.', row.name);
  const said = await vscode.window.showInformationMessage(text, ...Object.keys(ways));
  if (said !== undefined) {
    await vscode.commands.executeCommand(`planfirst.${ways[said] ?? ''}`);
  }
  context.status.render();
}

async function offer(context: Context, row: ModelRow): Promise<void> {
  const yes = t('Use It');
  const said = await vscode.window.showInformationMessage(t('Planfirst: the model {0} is installed.', row.name), yes);
  if (said === yes) {
    await use(context, row);
  }
}

async function use(context: Context, row: ModelRow): Promise<void> {
  const role = await vscode.window.showQuickPick(
    [
      { label: t('For plans and code'), roles: ['planner', 'generator'] },
      { label: t('For plans only'), roles: ['planner'] },
      { label: t('For code only'), roles: ['generator'] },
    ].filter(({ roles }) => roles.every((one) => row.roles.includes(one))),
    { title: t('Planfirst: what is {0} to be used for?', row.name) },
  );
  if (!role) {
    return;
  }
  const settings = vscode.workspace.getConfiguration('planfirst');
  const both = role.roles.length === 2;
  if (role.roles.includes('planner')) {
    await settings.update('planner.model', row.name, vscode.ConfigurationTarget.Global);
  }
  if (role.roles.includes('generator')) {
    await settings.update('generator.model', both ? undefined : row.name, vscode.ConfigurationTarget.Global);
    await settings.update('generator.endpoint', undefined, vscode.ConfigurationTarget.Global);
  }
  context.status.render();
}

function roleName(role: string): string {
  return role === 'planner' ? t('plans') : role === 'generator' ? t('code') : role;
}

function size(bytes: number): string {
  return bytes > 0 ? `${(bytes / 1e6).toFixed(0)} MB` : t('size not known');
}
