import { expect, test } from 'vitest';

import { checkOperations } from '../../../src/connector/check-operations.ts';
import { createDropdown } from '../../../src/connector/create/dropdowns.ts';
import { createPaths } from '../../../src/connector/create/paths.ts';
import { defineOperation, inQuery } from '../../../src/operation/define-operation.ts';
import type { Operation } from '../../../src/operation/define-operation.ts';
import { asJsonSchema, list, object, text } from '../../../src/operation/schema.ts';
import type { Dropdown, Schema } from '../../../src/operation/schema.ts';
import { refusal } from '../../support/tools/refusal.ts';

const label = { title: 'Label', description: 'What it is.' };

const listColours = (schema: Schema): Operation<never> =>
  defineOperation({
    operationId: 'ListColours',
    method: 'GET',
    path: '/colours',
    summary: 'List colours',
    description: 'List the names of the colours.',
    scopes: ['Gateway.Send'],
    parameters: {},
    answer: { status: 200, description: 'The names.', schema },
    errors: [],
    handler: async () => ({ body: [] }),
  });

const paint = (dropdown: Dropdown, details: Partial<Operation<never>> = {}): Operation<never> => ({
  ...defineOperation({
    operationId: 'Paint',
    method: 'POST',
    path: '/walls',
    summary: 'Paint',
    description: 'Paint a wall.',
    scopes: ['Gateway.Send'],
    parameters: { Colour: inQuery(text({ ...label, dropdown })) },
    answer: { status: 204, description: 'It is painted.' },
    errors: [],
    handler: async () => ({ body: undefined }),
  }),
  ...details,
});

/** Returns the complaints about operations; empty if there are none. */
function complaintsAbout(...operations: Operation<never>[]): string {
  try {
    checkOperations(operations);
    return '';
  } catch {
    return refusal(() => checkOperations(operations));
  }
}

const plain = list(text(label));
const objects = list(object({ name: text(label) }));
const place = '/Paint/parameters/Colour: the dropdown is wrong';

test.each<[string, Schema, Dropdown, string]>([
  ['plain texts without paths', plain, { operationId: 'ListColours' }, ''],
  ['objects with paths', objects, { operationId: 'ListColours', value: 'name', title: 'name' }, ''],
  [
    'objects without paths',
    objects,
    { operationId: 'ListColours' },
    `${place}: the entries of 'ListColours' are not plain texts, so it needs paths`,
  ],
  [
    'plain texts with paths',
    plain,
    { operationId: 'ListColours', value: 'name', title: 'name' },
    [
      `${place}: the entries of 'ListColours' have no 'name'`,
      `${place}: the entries of 'ListColours' have no 'name'`,
    ].join('\n'),
  ],
  [
    'a value without a title',
    objects,
    { operationId: 'ListColours', value: 'name' },
    `${place}: it has a path to the value or to the title, but not to both`,
  ],
])('checks a dropdown of %s', (_, schema, dropdown, complaint) => {
  expect(complaintsAbout(listColours(schema), paint(dropdown))).toBe(complaint);
});

test('a dropdown of plain texts names only the operation, in the older spelling', () => {
  const written = { operationId: 'ListColours', parameters: {} };
  const schema = asJsonSchema(text({ ...label, dropdown: { operationId: 'ListColours' } }));
  expect(schema['x-ms-dynamic-values']).toStrictEqual(written);
  expect(createDropdown(written)).toStrictEqual({ 'x-ms-dynamic-values': written });
  const inside = { ...written, 'value-collection': 'colours' };
  expect(createDropdown(inside)).toStrictEqual({ 'x-ms-dynamic-values': inside });
});

const dropdown: Dropdown = { operationId: 'ListColours' };
const old = {
  deprecated: true,
  summary: 'Paint (deprecated)',
  description: 'Paint a wall (deprecated).',
} as const;

test('a deprecated operation is marked in the definition', () => {
  expect(createPaths([paint(dropdown, old)])['/walls']?.post).toMatchObject({ deprecated: true });
  expect(createPaths([paint(dropdown)])['/walls']?.post).not.toHaveProperty('deprecated');
});

test.each<[string, Partial<Operation<never>>, string]>([
  ['says so', old, ''],
  [
    'lacks the mark in its summary',
    { ...old, summary: 'Paint' },
    '/Paint: it is deprecated, so the summary must end in (deprecated)',
  ],
  [
    'lacks the mark in its description',
    { ...old, description: 'Paint a wall.' },
    '/Paint: it is deprecated, so the description must end in (deprecated)',
  ],
])('refuses a deprecated operation that %s', (_, details, complaint) => {
  expect(complaintsAbout(listColours(plain), paint(dropdown, details))).toBe(complaint);
});

test('refuses an operation whose texts say that it is deprecated, and that is not', () => {
  const { deprecated: _, ...unmarked } = old;
  expect(complaintsAbout(listColours(plain), paint(dropdown, unmarked))).toBe(
    [
      "/Paint: the summary ends in (deprecated), but it isn't deprecated",
      "/Paint: the description ends in (deprecated), but it isn't deprecated",
    ].join('\n'),
  );
});
