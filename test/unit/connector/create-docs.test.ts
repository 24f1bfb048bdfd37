import { describe, expect, test } from 'vitest';

import { describeType } from '../../../src/connector/create-docs/describe-type.ts';
import { listFields } from '../../../src/connector/create-docs/list-fields.ts';
import { anchor, cell, paragraph, replaceTable, table } from '../../../src/connector/create-docs/markdown.ts';
import { asJsonSchema, choice, flag, integer, list, object, optional, text } from '../../../src/operation/schema.ts';
import type { Schema } from '../../../src/operation/schema.ts';

const label = { title: 'Label', description: 'What it is.' };

test('a table has columns of one width', () => {
  expect(table(['a', 'long head'], [['wide cell', '1']])).toBe(
    ['| a         | long head |', '| --------- | --------- |', '| wide cell | 1         |'].join('\n'),
  );
});

test('a cell escapes characters that would end it or that are markup', () => {
  expect(cell('a|b <c> *d* $(e)')).toBe(String.raw`a\|b \<c> \*d\* $(e)`);
});

test('a paragraph has lines of at most 120 characters, and keeps its words', () => {
  const text = `${'word '.repeat(60)}${'x'.repeat(130)} end`;
  const lines = paragraph(text).split('\n');
  expect(lines.filter((line) => line.length > 120)).toEqual(['x'.repeat(130)]);
  expect(lines.join(' ')).toBe(text);
  expect(lines[0]).toHaveLength(119);
});

test('an anchor is the one that GitHub gives the heading', () => {
  expect(anchor('WhatsApp Opt In (deprecated)')).toBe('whatsapp-opt-in-deprecated');
});

describe('replaceTable', () => {
  const document = 'Before\n\n<!-- a -->\n\nold\n\n<!-- /a -->\n\nAfter\n';

  test('replaces only the text between the markers', () => {
    const replaced = replaceTable(document, 'a', '| $& |');
    expect(replaced).toBe('Before\n\n<!-- a -->\n\n| $& |\n\n<!-- /a -->\n\nAfter\n');
    expect(replaceTable(replaced, 'a', '| $& |')).toBe(replaced);
  });

  test.each(['', '<!-- a -->', '<!-- /a --><!-- a -->', document + document])(
    'refuses a document without exactly one pair of markers: %j',
    (given) => {
      expect(() => replaceTable(given, 'a', 'new')).toThrow('must have <!-- a --> and <!-- /a --> once');
    },
  );
});

test('lists fields in the order of the schema, each with its path', () => {
  const schema = object({
    A: text(label),
    B: optional(list(object({ c: text(label), d: optional(list(text(label), label)) }), label)),
    E: object({ f: flag(label) }, label),
  });
  expect(listFields(asJsonSchema(schema)).map(({ path, required }) => [path, required])).toEqual([
    ['A', true],
    ['B', false],
    ['B[].c', true],
    ['B[].d', false],
    ['B[].d[]', true],
    ['E', true],
    ['E.f', true],
  ]);
});

test('a body that is one value has one field without a path', () => {
  expect(listFields(asJsonSchema(text(label))).map(({ path }) => path)).toEqual(['']);
});

test.each<[string, Schema]>([
  ['text; at most 1,000 characters', text({ ...label, maxLength: 1_000 })],
  ['text; choices from <ListBooks>', text({ ...label, dropdown: { operationId: 'ListBooks' } })],
  ['text; one of `SMS`, `MMS`; default: `SMS`', choice(['SMS', 'MMS'], { ...label, default: 'SMS' })],
  ['date and time', text({ ...label, format: 'date-time' })],
  ['UUID', text({ ...label, format: 'uuid' })],
  ['address, filled in by the platform', text({ ...label, notificationUrl: true })],
  ['yes or no; default: `true`', flag({ ...label, default: true })],
  ['integer; 1 to 10', integer({ ...label, minimum: 1, maximum: 10 })],
  ['list of texts; at least 2 entries', list(text(label), { ...label, minItems: 2 })],
  ['list of objects; 1 to 3 entries', list(object({ a: text(label) }), { ...label, minItems: 1, maxItems: 3 })],
])('describes the type of a field: %s', (expected, schema) => {
  expect(describeType(asJsonSchema(schema), (id) => `<${id}>`)).toBe(expected);
});
