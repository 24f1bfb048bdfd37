import { expect, test } from 'vitest';

import type { Contact } from '../../../../src/contacts/index.ts';
import { changedColumns, contactOf, contactRow } from '../../../../src/storage/tables/contact-rows.ts';

const place = { group: 'ab'.repeat(16), generation: '0'.repeat(24), number: '358401230001' };

/** Makes a contact whose fields have their maximum length and consist of one character. */
function longest(character: string): Contact {
  const of = (length: number): string => character.repeat(length);
  return {
    id: '0'.repeat(36),
    phone: '1'.repeat(15),
    active: true,
    createdAt: new Date('2026-11-23T10:00:00.000Z'),
    email: of(254),
    firstName: of(100),
    lastName: of(100),
    gender: 'Female',
    birthYear: 2026,
    streetAddress: of(200),
    zipCode: of(20),
    city: of(100),
    countryCode: 'FIN',
    customContactProperties: Array.from({ length: 100 }, () => ({ name: of(100), value: of(1_000) })),
  };
}

test.each(['x', 'ж', '"', '\\', '\n', '😀'])('the longest contact, of %j, fits into a row', (character) => {
  const contact = longest(character);
  const row = contactRow(place, contact);
  const sizes = Object.entries(row).map(([name, value]) => 8 + 2 * (name.length + String(value).length));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64 * 1024);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(512 * 1024);
  expect(contactOf(row)).toEqual(contact);
});

test('a change of custom properties writes all their columns, so that nothing of a longer old list stays', () => {
  const full = contactRow(place, longest('"'));
  const few = changedColumns(place, { customContactProperties: [{ name: 'a', value: 'b' }] }, new Date(0));
  const columnsOf = (row: object): string[] => Object.keys(row).filter((name) => name.startsWith('custom'));
  expect(columnsOf(few)).toEqual(columnsOf(full));
});

test('a change writes no column of a field that it does not change', () => {
  expect(changedColumns(place, { city: 'Oulu', email: null, birthYear: null }, new Date(0))).toEqual({
    partitionKey: expect.stringMatching(/^(?:ab){16}[0-9a-f]{2}$/) as string,
    rowKey: `${place.generation}.358401230001.${place.group}.c`,
    changedAt: '1970-01-01T00:00:00.000Z',
    city: 'Oulu',
    email: '',
    birthYear: 0,
  });
});
