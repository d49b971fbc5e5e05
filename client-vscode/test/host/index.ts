/** Tests in the real extension host, with the real server. VS Code calls `run`; results go to host-results.json. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

interface Api {
  server: { state: string; ready(): Promise<unknown>; restart(): Promise<void>; client?: { initializeResult?: { serverInfo?: { version?: string } } } };
  runs: { busy: boolean };
}

const tests: [string, () => Promise<void>][] = [];
const test = (name: string, body: () => Promise<void>): void => void tests.push([name, body]);
const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no workspace');
let api: Api;

async function until<T>(what: string, ask: () => T | Promise<T>, ms = 60_000): Promise<NonNullable<T>> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await ask();
    if (value) {
      return value;
    }
    if (Date.now() > end) {
      throw new Error(`waited ${ms} ms for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Asks for code and does something before it is there; where the model was quicker, again with another file. */
async function whileItWrites(
  name: string,
  text: string,
  act: (document: vscode.TextDocument) => Thenable<unknown>,
  prepare?: (editor: vscode.TextEditor) => Thenable<unknown>,
): Promise<vscode.TextDocument> {
  for (let n = 1; n <= 8; n++) {
    const editor = await open(`${name}-${n}.py`, text);
    await prepare?.(editor);
    const document = editor.document;
    const asked = vscode.commands.executeCommand('planfirst.generate', placeIn(document, 2));
    await until('the model at work', () => api.runs.busy);
    await act(document);
    const inTime = api.runs.busy;
    await asked;
    if (inTime) {
      return document;
    }
    await vscode.commands.executeCommand('planfirst.reject');
  }
  assert.fail('the model was quicker eight times');
}

async function open(name: string, text: string): Promise<vscode.TextEditor> {
  const uri = vscode.Uri.joinPath(folder, name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  return vscode.window.showTextDocument(uri, { preview: false });
}

async function closeAll(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty) {
      await vscode.window.showTextDocument(document);
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  }
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await until('no code of another test', () => !keptCode(), 10_000);
}

/** The side of a preview that has the code in it, for each preview that is open. */
function previews(): vscode.Uri[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .flatMap(({ input }) => (input instanceof vscode.TabInputTextDiff && input.modified.scheme === 'planfirst-preview' ? [input.modified] : []));
}

const keptCode = (): vscode.TextDocument | undefined => vscode.workspace.textDocuments.find((one) => one.isUntitled && one.getText().includes('def '));
const placeIn = (document: vscode.TextDocument, line: number): unknown => ({
  uri: document.uri.toString(),
  version: null,
  range: { start: { line, character: 0 }, end: { line, character: 1 } },
});

async function generate(editor: vscode.TextEditor, line: number): Promise<string> {
  editor.selection = new vscode.Selection(line, 3, line, 3);
  await vscode.commands.executeCommand('planfirst.generate');
  const modified = await until('a preview', () => previews()[0]);
  return (await vscode.workspace.openTextDocument(modified)).getText();
}

const hover = async (uri: vscode.Uri, line: number): Promise<string> => {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', uri, new vscode.Position(line, 3));
  return hovers.flatMap((one) => one.contents.map((part) => (part as vscode.MarkdownString).value)).join('\n');
};

const TEXT = 'x = 1\n\n# read a csv file into a list of dicts\n\ny = 2\n';
/** The same with a request that there is no plan for yet, so that there is time to do something meanwhile. */
const other = (request: string): string => TEXT.replace('read a csv file into a list of dicts', request);

test('the server runs, in the version of the extension', async () => {
  const extension = vscode.extensions.getExtension<Api>('planfirst.planfirst') ?? assert.fail('not installed');
  api = await extension.activate();
  await until('the server', () => api.server.state === 'running');
  assert.equal(api.server.client?.initializeResult?.serverInfo?.version, (extension.packageJSON as { version: string }).version);
});

test('every command of the manifest is there', async () => {
  const all = new Set(await vscode.commands.getCommands(true));
  const manifest = vscode.extensions.getExtension('planfirst.planfirst')?.packageJSON as { contributes: { commands: { command: string }[] } };
  assert.deepEqual(manifest.contributes.commands.map(({ command }) => command).filter((command) => !all.has(command)), []);
});

test('code actions stand only where they can work', async () => {
  const { document } = await open('a.py', TEXT);
  const at = (line: number) => vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, new vscode.Range(line, 0, line, 0));
  const ours = (actions: vscode.CodeAction[]) => actions.map(({ title }) => title).filter((title) => title.startsWith('Planfirst: '));
  assert.equal(ours(await at(0)).length, 0);
  assert.equal(ours(await at(2)).length, 4);
});

test('accept is one undo step', async () => {
  const editor = await open('accept.py', TEXT);
  const preview = await generate(editor, 2);
  assert.equal(editor.document.getText(), TEXT);
  await vscode.commands.executeCommand('planfirst.accept');
  await until('the code', () => editor.document.getText() === preview);
  assert.notEqual(preview, TEXT);
  await until('the editor', () => vscode.window.activeTextEditor?.document === editor.document);
  await vscode.commands.executeCommand('undo');
  await until('the old text', () => editor.document.getText() === TEXT);
});

test('the hover shows the plan with trusted links to our commands only', async () => {
  const { document } = await open('accept.py', TEXT);
  const text = await hover(document.uri, 2);
  assert.match(text, /Planned by starter/);
  const commands = [...text.matchAll(/\(command:([\w.]+)\?/g)].map((match) => match[1]);
  assert.deepEqual(commands, ['planfirst.generate', 'planfirst.editPlan', 'planfirst.showPrompt', 'planfirst.replan']);
});

test('reject leaves a file with CRLF and no final newline as it was', async () => {
  const text = 'a = 1\r\n# read a csv file into a list of dicts';
  const editor = await open('crlf.py', text);
  const preview = await generate(editor, 1);
  assert.equal(preview.split('\n').length, preview.split('\r\n').length);
  await vscode.commands.executeCommand('planfirst.reject');
  await until('no preview', () => previews().length === 0);
  assert.equal(editor.document.getText(), text);
  assert.equal(editor.document.isDirty, false);
});

test('a document that changed above gets the code at the right place', async () => {
  const editor = await open('moved.py', TEXT);
  await generate(editor, 2);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(editor.document.uri, new vscode.Position(0, 0), '# first\n\n');
  await vscode.workspace.applyEdit(edit);
  await vscode.commands.executeCommand('planfirst.accept');
  const text = await until('the code', () => (editor.document.getText().includes('def ') ? editor.document.getText() : ''));
  const lines = text.split('\n');
  assert.ok(lines[lines.indexOf('# read a csv file into a list of dicts') + 1]?.startsWith('def '), text);
});

test('a comment that changed gets nothing, and the code is kept', async () => {
  const editor = await open('changed.py', TEXT);
  await generate(editor, 2);
  const edit = new vscode.WorkspaceEdit();
  edit.insert(editor.document.uri, new vscode.Position(2, 6), ' and sort');
  await vscode.workspace.applyEdit(edit);
  const before = editor.document.getText();
  await vscode.commands.executeCommand('planfirst.accept');
  const kept = await until('the kept code', keptCode);
  assert.equal(editor.document.getText(), before);
  assert.equal(kept.languageId, 'python');
});

test('a document that is reverted while the code is written keeps what is on the disk, and the code is kept', async () => {
  const onDisk = 'x = 1\n\ny = 2\n';
  const document = await whileItWrites('reverted', onDisk, () => vscode.commands.executeCommand('workbench.action.files.revert'), (editor) =>
    editor.edit((edit) => edit.insert(new vscode.Position(1, 0), '\n# split a text into sentences\n')),
  );
  const kept = await until('the kept code', keptCode);
  assert.equal(previews().length, 0);
  assert.equal(document.getText(), onDisk);
  assert.equal(document.isDirty, false);
  assert.ok(!kept.getText().includes('x = 1'));
});

test('a document that is edited while the code is written gets it under its comment', async () => {
  await whileItWrites('edited', other('flatten a nested list'), (document) => {
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '# typed meanwhile\n\n');
    return vscode.workspace.applyEdit(edit);
  });
  const lines = (await vscode.workspace.openTextDocument(previews()[0] ?? assert.fail('no preview'))).getText().split('\n');
  assert.equal(lines[0], '# typed meanwhile');
  assert.match(lines[lines.indexOf('# flatten a nested list') + 1] ?? '', /^def /);
  await vscode.commands.executeCommand('planfirst.reject');
});

test('a document that is renamed while the code is written is left alone, and the code is kept', async () => {
  const text = other('retry a function when it raises');
  let renamed = folder;
  await whileItWrites('before', text, (document) => {
    renamed = document.uri.with({ path: document.uri.path.replace('before', 'after') });
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(document.uri, renamed, { overwrite: true });
    return vscode.workspace.applyEdit(edit);
  });
  await until('the kept code', keptCode);
  assert.equal((await vscode.workspace.openTextDocument(renamed)).getText(), text);
});

test('two generations at once, in two files, each reach their own file', async () => {
  const [csv, slug] = [await open('two-a.py', TEXT), await open('two-b.py', 'x = 1\n\n# turn a title into a URL slug\n\ny = 2\n')];
  const both = [csv, slug].map(({ document }) => vscode.commands.executeCommand('planfirst.generate', placeIn(document, 2)));
  await until('the model at work', () => api.runs.busy);
  await Promise.all(both);
  await until('two previews', () => previews().length === 2);
  for (const { document } of [csv, slug]) {
    const before = document.getText();
    const preview = previews().find((uri) => uri.path === document.uri.path) ?? assert.fail('no preview of its own');
    const wanted = (await vscode.workspace.openTextDocument(preview)).getText();
    await vscode.commands.executeCommand('planfirst.accept', Number(preview.query));
    await until('the code', () => document.getText() === wanted);
    assert.notEqual(wanted, before);
  }
  assert.notEqual(csv.document.getText(), slug.document.getText());
  assert.match(csv.document.getText(), /csv/);
  assert.doesNotMatch(slug.document.getText(), /csv/);
});

test('a document that is closed while the code is written is opened again', async () => {
  const editor = await open('closed.py', TEXT);
  editor.selection = new vscode.Selection(2, 3, 2, 3);
  const asked = vscode.commands.executeCommand('planfirst.generate');
  await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  await asked;
  await until('a preview', () => previews()[0]);
  await vscode.commands.executeCommand('planfirst.reject');
});

test('a document that is renamed while its preview waits is followed', async () => {
  const editor = await open('old.py', TEXT);
  await generate(editor, 2);
  const edit = new vscode.WorkspaceEdit();
  const renamed = vscode.Uri.joinPath(folder, 'new.py');
  edit.renameFile(editor.document.uri, renamed, { overwrite: true });
  await vscode.workspace.applyEdit(edit);
  await vscode.commands.executeCommand('planfirst.accept');
  const document = await vscode.workspace.openTextDocument(renamed);
  await until('the code', () => document.getText().includes('def '));
});

test('an untitled file works', async () => {
  const document = await vscode.workspace.openTextDocument({ language: 'python', content: TEXT });
  const editor = await vscode.window.showTextDocument(document);
  await generate(editor, 2);
  await vscode.commands.executeCommand('planfirst.accept');
  await until('the code', () => document.getText().includes('def '));
});

test('a notebook cell works', async () => {
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, TEXT, 'python');
  const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([cell]));
  await vscode.window.showNotebookDocument(notebook);
  const document = notebook.cellAt(0).document;
  await until('the cell on the server', async () => (await hover(document.uri, 2)).includes('command:'));
  await vscode.commands.executeCommand('planfirst.generate', placeIn(document, 2));
  await until('a preview', () => previews()[0]);
  await vscode.commands.executeCommand('planfirst.accept');
  await until('the code', () => document.getText().includes('def '));
});

test('a very long line does no harm', async () => {
  const text = `x = "${'a'.repeat(200_000)}"\n${TEXT}`;
  const editor = await open('long.py', text);
  await generate(editor, 3);
  await vscode.commands.executeCommand('planfirst.reject');
  await until('no preview', () => previews().length === 0);
  assert.equal(editor.document.getText(), text);
});

test('a write-protected file keeps its bytes; the code waits in the editor as if it were typed', async () => {
  const editor = await open('protected.py', TEXT);
  const file = editor.document.uri.fsPath;
  chmodSync(file, 0o444);
  const preview = await generate(editor, 2);
  await vscode.commands.executeCommand('planfirst.accept');
  await until('the code', () => editor.document.getText() === preview);
  assert.equal(editor.document.isDirty, true);
  assert.equal(readFileSync(file, 'utf8'), TEXT);
  chmodSync(file, 0o644);
});

test('a file that the editor holds read-only gets nothing, and the code is kept', async () => {
  const files = vscode.workspace.getConfiguration('files');
  await files.update('readonlyInclude', { '**/frozen.py': true }, vscode.ConfigurationTarget.Global);
  const editor = await open('frozen.py', TEXT);
  await generate(editor, 2);
  await vscode.commands.executeCommand('planfirst.accept');
  await until('the kept code', keptCode);
  assert.equal(editor.document.getText(), TEXT);
  assert.equal(editor.document.isDirty, false);
  await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
});

test('a plan document with too many steps is refused, and stays', async () => {
  const editor = await open('plan.py', TEXT);
  editor.selection = new vscode.Selection(2, 3, 2, 3);
  await vscode.commands.executeCommand('planfirst.editPlan');
  const sheet = await until('the plan', () => vscode.window.visibleTextEditors.find((one) => one.document.uri.scheme === 'planfirst-plan'));
  await sheet.edit((edit) => edit.insert(new vscode.Position(sheet.document.lineCount, 0), 'a\nb\nc\nd\ne\nf\ng\n'));
  void vscode.commands.executeCommand('planfirst.generateFromPlan', sheet.document.uri);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(previews().length, 0);
  assert.match(sheet.document.getText(), /^g$/m);
});

test('the enhanced prompt is the exact text, and a section can be switched off', async () => {
  const editor = await open('prompt.py', TEXT);
  editor.selection = new vscode.Selection(2, 3, 2, 3);
  await vscode.commands.executeCommand('planfirst.showPrompt');
  const document = await until('the prompt', () => vscode.workspace.textDocuments.find((one) => one.uri.scheme === 'planfirst-prompt'));
  assert.match(document.getText(), /^Similar \(/m);
  await vscode.commands.executeCommand('planfirst.toggleSection', document.uri, 'example');
  await until('no example', () => !/^Similar \(/m.test(document.getText()));
  await vscode.commands.executeCommand('planfirst.copyPrompt', document.uri);
  assert.equal(await vscode.env.clipboard.readText(), document.getText());
});

test('a corrupt setting is survived', async () => {
  const settings = vscode.workspace.getConfiguration('planfirst');
  await settings.update('retriever.minScore', 'high', vscode.ConfigurationTarget.Global);
  const { document } = await open('setting.py', TEXT);
  await until('a hover', async () => (await hover(document.uri, 2)).includes('command:'));
  await settings.update('retriever.minScore', undefined, vscode.ConfigurationTarget.Global);
});

test('a server that is killed comes back', async () => {
  const rows = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n');
  const pid = rows.map((row) => /^ *(\d+) +(\d+) .*-m planfirst\.lsp/.exec(row)).find((row) => Number(row?.[2]) === process.pid)?.[1];
  process.kill(Number(pid ?? assert.fail('no server process')), 'SIGKILL');
  await until('its end', () => api.server.state !== 'running');
  await until('a new one', () => api.server.state === 'running');
  const { document } = await open('killed.py', TEXT);
  await until('a hover', async () => (await hover(document.uri, 2)).includes('command:'));
});

export async function run(): Promise<void> {
  const results: { name: string; ok: boolean; ms: number; error?: string }[] = [];
  for (const [name, body] of tests) {
    const begun = Date.now();
    try {
      await body();
      results.push({ name, ok: true, ms: Date.now() - begun });
    } catch (error) {
      results.push({ name, ok: false, ms: Date.now() - begun, error: String((error as Error).message).slice(0, 500) });
    }
    await closeAll().catch(() => undefined);
    writeFileSync(join(folder.fsPath, 'host-progress.json'), JSON.stringify(results));
  }
  writeFileSync(join(folder.fsPath, 'host-results.json'), JSON.stringify(results));
  if (results.some((result) => !result.ok)) {
    throw new Error('tests failed');
  }
}
