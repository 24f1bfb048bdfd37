import { existsSync, globSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { expect, test } from 'vitest';

import config from '../../oxlint.config.ts';

const source = join(import.meta.dirname, '../../src');

const rooms = readdirSync(source, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(rooms)('the linter says what src/%s may import', (room) => {
  const overrides = config.overrides?.filter(({ files }) => files.includes(`src/${room}/**`)) ?? [];
  expect(overrides.map(({ rules }) => Object.keys(rules ?? {}))).toContainEqual(['no-restricted-imports']);
});

const walled = rooms.filter((room) => existsSync(join(source, room, 'index.ts')));

test('the nouns have walls', () => {
  expect(walled).toEqual(expect.arrayContaining(['http-delivery', 'maintenance', 'messages']));
});

test.each(walled)('the linter lets no other room behind src/%s/index.ts', (room) => {
  const withoutWall = (config.overrides ?? []).filter(
    ({ files, rules }) =>
      rules?.['no-restricted-imports'] !== undefined &&
      !files.some((file) => file.startsWith(`src/${room}/`)) &&
      !JSON.stringify(rules).includes(`/${room}/**"`),
  );
  expect(withoutWall.map(({ files }) => files.join())).toEqual([]);
});

test('unit tests stand in folders named as those of src, or in infra', () => {
  const unit = join(import.meta.dirname, '../unit');
  const folders = [...new Set(globSync('**/*.test.ts', { cwd: unit }).map((file) => dirname(file)))];
  expect(folders).toContain('messages/deliver');
  expect(folders.filter((folder) => folder !== 'infra' && !existsSync(join(source, folder)))).toEqual([]);
});
