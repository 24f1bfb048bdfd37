import { createHash } from 'node:crypto';

import type { Contact, ContactChanges, CustomProperty, FailedMessage, Group } from '../../contacts/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';

/*
 * A group's contacts lie in 256 partitions, one after the other: all rows of a group are one range of partition keys,
 * and writes to it spread. A contact and the failed messages that it was sent lie side by side: row keys begin with the
 * group's generation and the number. They end with the group, so that they are unique over the whole table: Azurite
 * finds rows by row key first and slows down where many share one.
 */

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The key of a group; ids may hold characters that keys can't. */
export function groupKey({ customerId, serviceId }: Group): string {
  return sha256(JSON.stringify([customerId, serviceId])).slice(0, 32);
}

/** Which row of a group a number's contact is. */
interface ContactPlace {
  group: string;
  generation: string;
  number: string;
}

function partitionOf({ group, number }: Pick<ContactPlace, 'group' | 'number'>): string {
  return group + sha256(number).slice(0, 2);
}

/** The first and the last partition key that a group may have. */
export function partitionsOf(group: string): { first: string; last: string } {
  return { first: `${group}00`, last: `${group}ff` };
}

const prefixOf = ({ group, generation, number }: ContactPlace): string => `${generation}.${number}.${group}`;

/** The keys of a contact's row. */
export function contactKeys(place: ContactPlace): { partitionKey: string; rowKey: string } {
  return { partitionKey: partitionOf(place), rowKey: `${prefixOf(place)}.c` };
}

/** The keys of a failed message's row. */
function failureKeys(place: ContactPlace, recipientId: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: partitionOf(place), rowKey: `${prefixOf(place)}.f.${recipientId}` };
}

/** The row keys of a number: from the first, which is the contact's, to before the second. */
export function rowsOf(place: ContactPlace): { partitionKey: string; first: string; end: string } {
  const prefix = prefixOf(place);
  return { partitionKey: partitionOf(place), first: `${prefix}.c`, end: `${prefix}.g` };
}

/** Row keys of a generation lie between these two, and no others do. */
export function rowsOfGeneration(generation: string): { before: string; after: string } {
  return { before: `${generation}.`, after: `${generation}.~` };
}

/** The generation that a row belongs to. */
export function generationOf(rowKey: string): string {
  return rowKey.slice(0, rowKey.indexOf('.'));
}

const texts = [
  'email',
  'firstName',
  'lastName',
  'gender',
  'streetAddress',
  'zipCode',
  'city',
  'countryCode',
] as const satisfies readonly (keyof Contact)[];

/** Columns that hold custom properties: as many as the most that a contact may have can need. */
const customColumns = 8;

/** Every column is always written, since a merge can't remove one: no text is empty text, no year 0. */
export function contactRow(place: ContactPlace, contact: Contact) {
  const { id, phone, active, createdAt, birthYear = 0, customContactProperties } = contact;
  return guardEntitySize({
    ...contactKeys(place),
    id,
    phone,
    active,
    createdAt: createdAt.toISOString(),
    ...Object.fromEntries(texts.map((name) => [name, contact[name] ?? ''])),
    birthYear,
    ...customPropertyColumns(customContactProperties),
  });
}

/** The columns that changes touch, and no others: merged into the row, they leave the rest as it is. */
export function changedColumns(place: ContactPlace, changes: ContactChanges, changedAt: Date) {
  const { active, birthYear, customContactProperties } = changes;
  const changedTexts = texts.filter((name) => changes[name] !== undefined);
  return guardEntitySize({
    ...contactKeys(place),
    changedAt: changedAt.toISOString(),
    ...(active === undefined ? {} : { active }),
    ...Object.fromEntries(changedTexts.map((name) => [name, changes[name] ?? ''])),
    ...(birthYear === undefined ? {} : { birthYear: birthYear ?? 0 }),
    ...(customContactProperties === undefined ? {} : customPropertyColumns(customContactProperties)),
  });
}

function customPropertyColumns(properties: readonly CustomProperty[]): Record<string, string> {
  const text = JSON.stringify(properties.map(({ name, value }) => [name, value]));
  const empty = Object.fromEntries(Array.from({ length: customColumns }, (_, index) => [`custom${index}`, '']));
  return { ...empty, ...writeLongText('custom', text) };
}

/** The inverse of {@link contactRow}. */
export function contactOf(row: Row): Contact {
  const properties = JSON.parse(readLongText('custom', row)) as [string, string][];
  const known = texts.filter((name) => row[name] !== '');
  return {
    id: String(row['id']),
    phone: String(row['phone']),
    active: row['active'] === true,
    createdAt: new Date(String(row['createdAt'])),
    ...(Object.fromEntries(known.map((name) => [name, row[name]])) as Pick<Contact, (typeof texts)[number]>),
    ...(row['birthYear'] === 0 ? {} : { birthYear: Number(row['birthYear']) }),
    customContactProperties: properties.map(([name, value]) => ({ name, value })),
  };
}

/** A failed message; its contact's row tells whether it still counts. */
export function failureRow(place: ContactPlace, { recipientId, at }: FailedMessage) {
  return { ...failureKeys(place, recipientId), at: at.toISOString() };
}

/** Failed messages among a number's rows that became known since a moment. */
export function countFailures(rows: readonly Row[], since: Date): number {
  return rows.filter(({ at }) => typeof at === 'string' && new Date(at) >= since).length;
}
