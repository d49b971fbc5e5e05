import * as vscode from 'vscode';

import type { Context } from '../context.js';
import { Failure, messageOf, showNotice } from '../failures.js';
import { view } from '../features/view.js';
import { scoreText } from '../pure/match.js';
import { planfirst, withBar } from './cli.js';

const { t } = vscode.l10n;

interface StoreStatus {
  folder: string;
  count: number;
  corpora: Record<string, { count: number }>;
  embedding: string;
  created: string;
  size: number;
}

interface Found {
  score: number;
  match?: string; // the command line of an older server does not say
  pair: { question: string; code: string; source: string; licence: string; place: string };
}

/** What is in the store, and what can be done with it. */
export async function manage(context: Context): Promise<void> {
  const status = await read(context);
  const entry = (icon: string, label: string, detail: string, command: string): vscode.QuickPickItem & { command: string } => ({
    label: `$(${icon}) ${label}`,
    detail,
    command,
  });
  const state =
    status instanceof Error
      ? status.message
      : t('{0} examples ({1}), {2} MB, built {3}', status.count, sources(status), (status.size / 1e6).toFixed(1), new Date(status.created).toLocaleString());
  const chosen = await vscode.window.showQuickPick(
    [
      entry('database', status instanceof Error ? t('Build the store') : t('Build it again'), t('Takes some minutes the first time. If there is a store already, it serves meanwhile.'), 'buildStore'),
      ...(status instanceof Error ? [] : [entry('search', t('Search it'), t('Shows the examples that are nearest to a question.'), 'searchStore')]),
      entry('file-add', t('Add a file'), t('A table of questions and code: JSONL, CSV or Parquet.'), 'addFileToStore'),
      entry('new-folder', t('Add a folder'), t('Source code, or tables of questions and code.'), 'addFolderToStore'),
      entry('folder-library', t('Index this workspace'), t('Reads the opened folders, so that your own functions are found.'), 'indexWorkspace'),
      ...(status instanceof Error ? [] : [entry('trash', t('Remove a source, or all'), sources(status), 'removeFromStore')]),
    ],
    { title: t('Planfirst: store of examples'), placeHolder: state },
  );
  if (chosen) {
    await vscode.commands.executeCommand(`planfirst.${chosen.command}`);
  }
}

export async function build(context: Context): Promise<void> {
  const finished = await withBar(context, t('Planfirst: building the store of examples'), ['index', 'build'], { settings: true });
  await tell(context, finished !== undefined);
}

/** Adds a table of questions and code, or a folder of tables or of source code. */
export async function add(context: Context, what: 'file' | 'folder'): Promise<void> {
  const isFile = what === 'file';
  const [chosen] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: isFile,
      canSelectFolders: !isFile,
      title: isFile ? t('Choose a table of questions and code') : t('Choose a folder of source code or of tables'),
      ...(isFile ? { filters: { [t('Tables')]: ['jsonl', 'csv', 'parquet', 'json', 'tsv'] } } : {}),
    })) ?? [];
  if (!chosen) {
    return;
  }
  const name = chosen.path.split('/').at(-1) ?? chosen.path;
  const finished = await withBar(context, t('Planfirst: adding {0} to the store', name), ['index', 'add', chosen.fsPath], { settings: true });
  await tell(context, finished !== undefined);
}

/** Takes one source out of the store, or all of them. */
export async function remove(context: Context): Promise<void> {
  const status = await read(context);
  if (status instanceof Error) {
    throw status;
  }
  const names = Object.keys(status.corpora);
  const rows = names.map((name) => ({ label: name, description: String(status.corpora[name]?.count ?? 0), names: [name] }));
  const all = { label: `$(trash) ${t('All of them')}`, description: String(status.count), names };
  const chosen = await vscode.window.showQuickPick([...rows, all], { title: t('Planfirst: what is to be removed from the store?') });
  const yes = t('Remove');
  const said = chosen && (await vscode.window.showWarningMessage(t('Remove {0} from the store of examples? The original files stay.', chosen.names.join(', ')), { modal: true }, yes));
  if (!chosen || said !== yes) {
    return;
  }
  for (const name of chosen.names) {
    if (!(await withBar(context, t('Planfirst: removing {0} from the store', name), ['index', 'remove', name, ...storeFolder()]))) {
      break; // cancelled
    }
  }
  await tell(context, true);
}

async function tell(context: Context, finished: boolean): Promise<void> {
  const status = await read(context);
  if (!finished) {
    void vscode.window.showInformationMessage(t('Planfirst: cancelled. The store of examples is as it was.'));
  } else if (status instanceof Error) {
    void showNotice(t('The store is empty. Build it, or add a file or a folder.'), { title: t('Build the store'), command: 'planfirst.buildStore' });
  } else {
    const search = t('Search it'); // a message with no button is cut off after one line
    const said = vscode.window.showInformationMessage(t('Planfirst: the store has {0} examples ({1}).', status.count, sources(status)), search);
    void said.then((chosen) => (chosen ? vscode.commands.executeCommand('planfirst.searchStore') : undefined));
  }
}

/** Asks for a question and shows the chosen example's code. */
export async function search(context: Context): Promise<void> {
  const question = await vscode.window.showInputBox({ title: t('Planfirst: search the store'), prompt: t('What should the code do?') });
  if (!question?.trim()) {
    return;
  }
  const { stdout } = await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: t('Planfirst: searching') }, () =>
    planfirst(context, ['index', 'search', '--json', '--count', '20', question, ...storeFolder()]),
  );
  const found = JSON.parse(stdout) as Found[];
  const chosen = await vscode.window.showQuickPick(
    found.map(({ pair, ...row }) => ({ label: pair.question, description: scoreText(row, t), detail: [pair.source, pair.licence, pair.place].filter(Boolean).join(' · '), pair })),
    { title: question, placeHolder: t('Choose an example to see its code'), matchOnDetail: true },
  );
  if (chosen) {
    await view('example.py', chosen.pair.code);
  }
}

async function read(context: Context): Promise<StoreStatus | Failure> {
  try {
    const status = JSON.parse((await planfirst(context, ['index', 'status', '--json', ...storeFolder()])).stdout) as StoreStatus;
    return status.count > 0 ? status : new Failure(t('The store is empty. Build it, or add a file or a folder.'));
  } catch (error) {
    return new Failure(messageOf(error));
  }
}

export async function hasStore(context: Context): Promise<boolean> {
  return !((await read(context)) instanceof Error);
}

function storeFolder(): string[] {
  const folder = vscode.workspace.getConfiguration('planfirst').get('retriever.store', '');
  return folder ? ['--set', `retriever.store=${folder}`] : [];
}

function sources(status: StoreStatus): string {
  return Object.entries(status.corpora)
    .map(([name, { count }]) => `${name} ${count}`)
    .join(', ');
}
