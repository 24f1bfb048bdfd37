import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, test } from 'vitest';

import { carrierKinds } from '../../src/carriers/carrier-kinds.ts';
import type { SettingsTable } from '../../src/core/setting.ts';
import { localSettings } from '../../src/local/local-settings.ts';
import { accountLimit } from '../../src/messages/index.ts';
import { createSettingsReader } from '../../src/settings/create-settings-reader.ts';
import { settingsTable } from '../../src/settings/settings-table.ts';
import { ownStorage, readMessageStorage, readStorage } from '../../src/settings/storage-settings.ts';

const root = join(import.meta.dirname, '../..');
const sources = new Map(
  globSync(['src/**/*.ts', 'functions/*.ts'], { cwd: root }).map((file) => [
    file,
    readFileSync(join(root, file), 'utf8'),
  ]),
);

const tables: readonly (readonly [room: string, SettingsTable])[] = [
  ['src/settings', settingsTable],
  ['src/local', localSettings],
  ...carrierKinds.map((kind) => [`src/carriers/${kind.name}`, kind.settingsTable] as const),
];
const declared = tables.flatMap(([, table]) => Object.keys(table));

/** Tells whether a name is declared, by itself or by a family such as `CALLBACK_SECRET_…`. */
function isDeclared(name: string): boolean {
  return declared.some((each) => {
    const [start = '', end] = each.split('…');
    return end === undefined ? each === name : name.startsWith(start) && name.endsWith(end);
  });
}

/** Matches names in code: `environment['X']` and similar, or `text('X')` with a method of the reader. */
const methods = Object.keys(createSettingsReader({}, [])({})).filter((method) => method !== 'problem');
const helpers = ['read', 'required', 'checkHeader'];
const patterns = [
  /\b(?:environment|env)(?:\.|\?\.)?\[\s*['"`](?<name>[^'"`$][^'"`]*)['"`]\s*\]/g,
  /\b(?:environment|process\.env)\.(?<name>\w+)/g,
  new RegExp(String.raw`\b(?:${[...methods, ...helpers].join('|')})\(\s*'(?<name>[A-Z][A-Z0-9_]+)'`, 'g'),
];

/** Returns the names that a source reads, not counting its comments. The parts that a template fills in after its beginning match any text. */
function namesIn(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, '');
  return patterns.flatMap((pattern) =>
    [...code.matchAll(pattern)].map(({ groups }) => (groups?.['name'] ?? '').replaceAll(/\$\{.*?\}/g, 'X')),
  );
}

/** Returns the names that reading storage settings looks up, whatever it finds. */
function namesOfStorage(environments: readonly Readonly<Record<string, string>>[]): Set<string> {
  const names = new Set<string>();
  for (const environment of environments) {
    const recording = new Proxy(environment, {
      get(target, name) {
        names.add(String(name));
        return Reflect.get(target, name) as unknown;
      },
    });
    readStorage(recording, []);
    readMessageStorage(recording, []);
  }
  return names;
}

const storageNames = namesOfStorage([
  { [ownStorage]: 'AccountName=a', MESSAGE_STORAGE_1: 'AccountName=b' },
  { [`${ownStorage}__accountName`]: 'a', MESSAGE_STORAGE_1__accountName: 'b' },
]);
const read = new Set([...[...sources.values()].flatMap(namesIn), ...storageNames]);

test('every name that is read from the environment is declared in a table', () => {
  const undeclared = [...sources].flatMap(([file, source]) =>
    namesIn(source).flatMap((name) => (isDeclared(name) ? [] : `${file}: ${name}`)),
  );
  expect(undeclared).toEqual([]);
  expect([...storageNames].filter((name) => !isDeclared(name))).toEqual([]);
});

// The names come from elsewhere: from a table (typed), from a prefix (above), from the directory, or from host.json.
test('only these files read names that are not written where they are read', () => {
  const computed = /\b(?:environment|env)\[\s*(?:[a-z]\w*\s*\]|`\$\{)/;
  expect(
    [...sources]
      .filter(([, source]) => computed.test(source))
      .map(([file]) => file)
      .sort(),
  ).toEqual([
    'src/local/host-tuning.ts',
    'src/local/simulated-carrier.ts',
    'src/local/start-local.ts',
    'src/settings/callback-settings.ts',
    'src/settings/create-settings-reader.ts',
    'src/settings/storage-settings.ts',
  ]);
});

/** Tells whether a declared name, or any name of a family, is read. */
function isRead(name: string): boolean {
  const [start = '', end] = name.split('…');
  return end === undefined ? read.has(name) : [...read].some((each) => each.startsWith(start) && each.endsWith(end));
}

describe.each(tables)('%s', (_, table) => {
  test('every declared setting is read somewhere', () => {
    expect(Object.keys(table).filter((name) => !isRead(name))).toEqual([]);
  });

  test('every meaning is written as sentences', () => {
    for (const { meaning } of Object.values(table)) expect(meaning).toMatch(/^[`A-Z].*\.$/);
  });

  test('every default is within the limits', () => {
    const beyond = Object.entries(table).flatMap(([name, setting]) =>
      setting.kind === 'wholeNumber' &&
      setting.default !== undefined &&
      !(setting.default >= setting.minimum && setting.default <= setting.maximum)
        ? [name]
        : [],
    );
    expect(beyond).toEqual([]);
  });
});

test('no name is declared in two tables', () => {
  expect(declared.filter((name, index) => declared.indexOf(name) < index)).toEqual([]);
});

test('there is a setting for every storage account that message ids can name', () => {
  expect(settingsTable['MESSAGE_STORAGE_…'].lastNumber).toBe(accountLimit - 1);
});
