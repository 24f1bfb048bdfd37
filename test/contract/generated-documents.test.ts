import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { generatedTables } from '../../infra/generated-tables.ts';
import { replaceTable } from '../../src/connector/create-docs/markdown.ts';
import type { Operation } from '../../src/operation/define-operation.ts';
import { errorCatalogue } from '../../src/operation/errors.ts';
import type { ErrorCode } from '../../src/operation/errors.ts';
import { impliedErrors, possibleErrors } from '../../src/operation/possible-errors.ts';
import { operations } from '../../src/operations.ts';

const read = (file: string): string => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8');
const records = operations as readonly Operation<never>[];
const codes = Object.keys(errorCatalogue) as ErrorCode[];

/** Returns the rows of the first table in a text, without its head and rule. */
function rowsOf(text: string): string[][] {
  const [table = ''] = /(?:^\|.*\n)+/m.exec(text) ?? [];
  const cells = (line: string): string[] =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim());
  return table.trim().split('\n').slice(2).map(cells);
}

test.each(generatedTables)('$file has the table $marker as it is generated', ({ file, marker, table }) => {
  const document = read(file);
  expect(document).toBe(replaceTable(document, marker, table()));
});

test('the reference lists every operation as its record declares it, each with a chapter', () => {
  const reference = read('connector/docs/reference.md');
  const rows = records.map(({ operationId, method, path, summary, scopes }) => [
    summary,
    `\`${operationId}\``,
    `\`${method} ${path}\``,
    scopes.map((scope) => `\`${scope}\``).join(' or '),
  ]);
  const listed = rowsOf(reference).map(([link = '', ...rest]) => [/^\[(.*)\]\(#.*\)$/.exec(link)?.[1], ...rest]);
  expect(listed).toEqual(rows);
  expect(reference.match(/^## .*/gm)).toEqual(records.map(({ summary }) => `## ${summary}`));
});

test('the table of errors lists every error as the catalogue says', () => {
  const rows = codes.map((code) => {
    const { status, message, remedy } = errorCatalogue[code];
    return [`\`${code}\``, String(status), message, remedy];
  });
  const [, errors = ''] = read('connector/docs/errors.md').split('<!-- errors -->');
  expect(rowsOf(errors)).toEqual(rows);
});

test('every error of the catalogue is one that an operation, or the address of an attachment, can answer with', () => {
  expect(new Set([...records.flatMap(possibleErrors), 'AttachmentNotFound'])).toEqual(new Set(codes));
});

test.each(records.map((record) => [record.operationId, record] as const))(
  '%s names no error twice, nor an error that its parameters and body imply',
  (_, record) => {
    const implied = new Set(impliedErrors(record));
    expect(record.errors.filter((code, index) => implied.has(code) || record.errors.indexOf(code) !== index)).toEqual(
      [],
    );
  },
);

test('the first screen of the README has exactly the two commands', () => {
  const readme = read('README.md');
  const [block = ''] = /```sh\n.*?```/s.exec(readme) ?? [];
  expect(block).toBe('```sh\nnpm ci && npm start\nnpm ci && npm test\n```');
  expect(readme.slice(0, readme.indexOf(block)).split('\n').length).toBeLessThan(12);
});
