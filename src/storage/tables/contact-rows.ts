import { createHash } from 'node:crypto';

import type { Contact, ContactChanges, CustomProperty, FailedMessage, Group } from '../../contacts/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';

/*
 * A group's contacts are in 256 consecutive partitions: all rows of a group are one range of partition keys, and writes
 * to the group spread over them. A contact and its failed messages are neighbours, because their row keys begin with
 * the group's generation and the number. Row keys contain the group, too, so that they are unique over the whole table:
 * Azurite looks rows up by row key first and slows down if many rows share one.
 */

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Returns the key of a group: a hash of its ids, which may contain characters that storage keys can't. */
export function groupKey({ customerId, serviceId }: Group): string {
  return sha256(JSON.stringify([customerId, serviceId])).slice(0, 32);
}

/** What the keys of a contact's row are made of. */
interface ContactRef {
  group: string;
  generation: string;
  number: string;
}

function partitionOf({ group, number }: Pick<ContactRef, 'group' | 'number'>): string {
  return group + sha256(number).slice(0, 2);
}

/** Returns the first and the last partition key of a group. */
export function partitionsOf(group: string): { first: string; last: string } {
  return { first: `${group}00`, last: `${group}ff` };
}

const prefixOf = ({ group, generation, number }: ContactRef): string => `${generation}.${number}.${group}`;

/** Returns the keys of a contact's row. */
export function contactKeys(place: ContactRef): { partitionKey: string; rowKey: string } {
  return { partitionKey: partitionOf(place), rowKey: `${prefixOf(place)}.c` };
}

/** Returns the keys of the row of a failed message. */
function failureKeys(place: ContactRef, recipientId: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: partitionOf(place), rowKey: `${prefixOf(place)}.f.${recipientId}` };
}

/**
 * Returns the range of a number's rows within their partition. `first`, inclusive, is the row key of the contact; its
 * failed messages follow; `end` is exclusive.
 */
export function rowsOf(place: ContactRef): { partitionKey: string; first: string; end: string } {
  const prefix = prefixOf(place);
  return { partitionKey: partitionOf(place), first: `${prefix}.c`, end: `${prefix}.g` };
}

/** Returns the bounds, both exclusive, between which the row keys of a generation lie, and no others. */
export function rowsOfGeneration(generation: string): { before: string; after: string } {
  return { before: `${generation}.`, after: `${generation}.~` };
}

/** Returns the generation that a row belongs to, which is the beginning of its row key. */
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

/** The number of columns for custom properties: enough for a contact with the maximum of properties. */
const customColumns = 8;

/**
 * Converts a contact to its row. The row has every column, since a later merge can't remove one: an absent text is an
 * empty text, an absent year is 0.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function contactRow(place: ContactRef, contact: Contact) {
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

/**
 * Converts changes of a contact to the columns that they touch. A merge of these columns into the contact's row leaves
 * all others as they are.
 */
export function changedColumns(place: ContactRef, changes: ContactChanges, changedAt: Date) {
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

/** Converts a row to its contact; the inverse of {@link contactRow}. */
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

/** Makes the row of a failed message. It counts only if it is not older than its contact: see {@link countFailures}. */
export function failureRow(place: ContactRef, { recipientId, at }: FailedMessage) {
  return { ...failureKeys(place, recipientId), at: at.toISOString() };
}

/** Counts the failed messages among a number's rows that became known at or after `since`. */
export function countFailures(rows: readonly Row[], since: Date): number {
  return rows.filter(({ at }) => typeof at === 'string' && new Date(at) >= since).length;
}
