// Runs client-vscode/test/host in the real extension host, with the unpacked extension. Usage: node host.mjs OUT
import fs from 'node:fs';
import path from 'node:path';
import { REPOSITORY, start, until } from './workbench.mjs';

const out = path.resolve(process.argv[2]);
const client = path.join(REPOSITORY, 'client-vscode');
const vs = await start(out, {
  folder: 'host',
  extensions: path.join(out, 'no-extensions'),
  options: ['--vscode-option', 'enable-smoke-test-driver'], // without it a built VS Code ignores the development path
  payload: (remote) => [
    ['extensionDevelopmentPath', remote(client)],
    ['extensionTestsPath', remote(path.join(client, 'dist/host-tests.js'))],
  ],
});
let results = [];
try {
  await vs.page.exposeFunction('codeAutomationLog', () => {});
  await vs.page.exposeFunction('codeAutomationExit', () => {});
  await vs.page.goto(vs.url);
  const finished = path.join(vs.workspace, 'host-results.json');
  await until('the end of the tests', () => fs.existsSync(finished), 600_000).catch(() => {});
  const file = fs.existsSync(finished) ? finished : path.join(vs.workspace, 'host-progress.json');
  results = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : [];
  if (file !== finished) results.push({ name: 'the whole suite', ok: false, ms: 0, error: 'it did not come to its end' });
  await vs.shot('host');
} finally {
  await vs.stop();
}
for (const { name, ok, ms, error } of results) console.log(`${ok ? 'ok  ' : 'FAIL'} ${String(ms).padStart(6)} ms  host: ${name}${error ? `  ${error}` : ''}`);
const failed = results.filter(({ ok }) => !ok).length;
console.log(`${results.length - failed} of ${results.length} extension-host tests passed`);
process.exit(failed > 0 || results.length === 0 ? 1 : 0);
