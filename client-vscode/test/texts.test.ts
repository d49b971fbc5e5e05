import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const json = (name: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, name), 'utf8')) as Record<string, unknown>;
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'));

/** Every text that the code asks to have translated. */
function used(): Set<string> {
  const found = new Set<string>();
  for (const source of sources) {
    for (const match of source.matchAll(/\bt\(\s*'((?:[^'\\]|\\.)*)'/g)) {
      found.add((match[1] ?? '').replace(/\\'/g, "'"));
    }
  }
  return found;
}

const holes = (text: string): string[] => [...text.matchAll(/\{\d\}|\$\([a-z-]+\)/g)].map((match) => match[0]).sort();

describe('Korean', () => {
  const english = json('package.nls.json') as Record<string, string>;
  const korean = json('package.nls.ko.json') as Record<string, string>;
  const bundle = json('l10n/bundle.l10n.ko.json') as Record<string, string>;

  test('package.nls.ko.json has every text of package.nls.json and no other', () => expect(Object.keys(korean).sort()).toEqual(Object.keys(english).sort()));
  test('bundle.l10n.ko.json has every text of the code and no other', () => expect(Object.keys(bundle).sort()).toEqual([...used()].sort()));
  test('is Korean', () => {
    const same = Object.entries({ ...bundle, ...korean }).filter(([, text]) => !/[가-힣]/.test(text));
    expect(same).toEqual([]);
  });
  test('keeps place-holders and icons', () => {
    for (const [text, translated] of Object.entries(bundle)) {
      expect(holes(translated), text).toEqual(holes(text));
    }
  });
  test('keeps the commands and settings that a description names', () => {
    for (const [key, text] of Object.entries(english)) {
      const named = (value: string): string[] => [...value.matchAll(/\]\(command:[^)]*\)|`[^`]*`/g)].map((match) => match[0]).sort();
      expect(named(korean[key] ?? ''), key).toEqual(named(text));
    }
  });
});

describe('manifest', () => {
  interface Menu {
    command: string;
  }
  const contributes = json('package.json')['contributes'] as {
    commands: { command: string; title: string }[];
    menus: Record<string, Menu[]>;
    keybindings: Menu[];
  };
  const english = json('package.nls.json');
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');

  test('every place-holder has a text, and every text a place', () => {
    const wanted = new Set([...manifest.matchAll(/"%([^"%]+)%"/g)].map((match) => match[1]));
    expect([...wanted].sort()).toEqual(Object.keys(english).sort());
  });
  test('menus name commands that exist', () => {
    const commands = new Set(contributes.commands.map(({ command }) => command));
    for (const { command } of Object.values(contributes.menus).flat()) {
      expect(commands).toContain(command);
    }
  });
  test('every command and every key has something behind it', () => {
    const source = sources.find((text) => text.includes('export function activate')) ?? '';
    for (const { command } of [...contributes.commands, ...contributes.keybindings]) {
      expect(source, command).toMatch(new RegExp(`^    ${command.replace('planfirst.', '')}: `, 'm'));
    }
  });
  test('runs where the files are, and asks for no other extension', () => {
    expect(json('package.json')['extensionKind']).toEqual(['workspace']);
    expect(manifest).not.toContain('extensionDependencies');
  });
});
