import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import type { Operation } from '../../src/operation/define-operation.ts';
import { errorCatalogue } from '../../src/operation/errors.ts';
import type { ErrorCode } from '../../src/operation/errors.ts';
import { impliedErrors, possibleErrors } from '../../src/operation/possible-errors.ts';
import { operations } from '../../src/operations.ts';

const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
const records = operations as readonly Operation<never>[];
const codes = Object.keys(errorCatalogue) as ErrorCode[];

/** The rows of the table between two markers, head and rule left out. */
function rowsOf(name: string): string[][] {
  const [, table = ''] = new RegExp(`<!-- ${name} -->(.*)<!-- /${name} -->`, 's').exec(readme) ?? [];
  const cells = (line: string): string[] =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
  return table.trim().split('\n').slice(2).map(cells);
}

test('the README lists every operation as its record says', () => {
  const rows = records.map(({ operationId, method, path, summary, scopes }) => [
    operationId,
    `\`${method} ${path}\``,
    summary,
    scopes.join(' or '),
  ]);
  expect(rowsOf('operations')).toEqual(rows);
});

test('the README lists every error as the catalogue says', () => {
  const rows = codes.map((code) => {
    const { status, message, remedy } = errorCatalogue[code];
    return [`\`${code}\``, String(status), message, remedy];
  });
  expect(rowsOf('errors')).toEqual(rows);
});

test('every error of the catalogue is one that an operation, or the address of an attachment, can answer with', () => {
  expect(new Set([...records.flatMap(possibleErrors), 'AttachmentNotFound'])).toEqual(new Set(codes));
});

test.each(records.map((record) => [record.operationId, record] as const))(
  '%s names no error twice, and none that its parameters and body imply',
  (_, record) => {
    const implied = new Set(impliedErrors(record));
    expect(record.errors.filter((code, index) => implied.has(code) || record.errors.indexOf(code) !== index)).toEqual(
      [],
    );
  },
);

test('the first screen has exactly the two commands', () => {
  const [block = ''] = /```sh\n.*?```/s.exec(readme) ?? [];
  expect(block).toBe('```sh\nnpm ci && npm start\nnpm ci && npm test\n```');
  expect(readme.slice(0, readme.indexOf(block)).split('\n').length).toBeLessThan(12);
});
