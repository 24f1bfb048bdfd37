import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { readDirectoryFile, readDirectoryText } from '../../../src/cli/directory/read-directory-file.ts';

const root = join(import.meta.dirname, '../../..');

test('the directory in the documents is valid', () => {
  const page = readFileSync(join(root, 'infra/docs/directory.md'), 'utf8');
  const [, text = ''] = /<!-- directory -->\n+```json\n(.*?)```\n+<!-- \/directory -->/s.exec(page) ?? [];
  const { document, problems } = readDirectoryText(text, 'directory.md');
  expect(problems).toEqual([]);
  expect(document.customers[0]?.services.map(({ type }) => type)).toEqual(['OneWay', 'TwoWay', 'Group']);
  expect(document.users).toHaveLength(1);
});

test('the demo directory is valid', () => {
  const { document, problems } = readDirectoryFile(join(root, 'src/local/demo-directory.json'));
  expect(problems).toEqual([]);
  expect(document.users.map(({ id }) => id)).toEqual(['demo-user', 'other-user']);
});
