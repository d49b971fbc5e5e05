import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { mcpArguments, mcpEnvironment, mcpLabels } from '../src/pure/mcp.js';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '..', name), 'utf8');

test('the tools get the folder and the settings, and leave to run code only where it was given', () => {
  const settings = ['--set', 'planner.model=starter'];
  expect(mcpArguments({ folder: '/projects/shop', mayRun: false, settings })).toEqual(['-P', '-m', 'planfirst', 'mcp', '--folder', '/projects/shop', ...settings]);
  expect(mcpArguments({ folder: '', mayRun: true, settings: [] })).toEqual(['-P', '-m', 'planfirst', 'mcp', '--may-run']);
});
test('nothing of the editor on the module path, and nothing said twice', () => {
  const editors = { PATH: '/bin', PYTHONPATH: '/projects/shop', PYTHONUTF8: '0' };
  expect(mcpEnvironment({ PATH: '/bin', PYTHONUTF8: '1', PLANFIRST_LOG: undefined }, editors)).toEqual({ PYTHONPATH: null, PYTHONUTF8: '1' });
});
test('a folder is named only where there are several', () => {
  const shop = { name: 'shop', path: '/projects/shop' };
  expect(mcpLabels([])).toEqual(['Planfirst']);
  expect(mcpLabels([shop])).toEqual(['Planfirst']);
  expect(mcpLabels([shop, { name: 'till', path: '/projects/till' }])).toEqual(['Planfirst (shop)', 'Planfirst (till)']);
});
test('the manifest names the provider, and the package is the one that the server needs', () => {
  const { contributes } = JSON.parse(read('package.json')) as { contributes: { mcpServerDefinitionProviders: { id: string }[] } };
  const source = read('src/manage/mcp.ts');
  expect(contributes.mcpServerDefinitionProviders.map(({ id }) => id)).toEqual([/ID = '(.*?)'/.exec(source)?.[1]]);
  const wanted = /^mcp = \["(.*)"\]$/m.exec(read('../pyproject.toml'))?.[1] ?? 'none';
  expect(source).toContain(`pip install "${wanted}"`);
});
