import { createHash } from 'node:crypto';

import type { CustomerEntry, User } from '../../directory/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';

/*
 * The table `directory`: a row per customer with its services and WhatsApp numbers, a row per user, a row per customer
 * and address or identity that it is found by, and one row that a writer takes first. Ids may hold characters that keys
 * can't, so keys are hashes; row keys are unique over the whole table, since Azurite looks rows up by them.
 */
export const directoryTable = 'directory';

/** Keys of a row. */
interface Keys {
  partitionKey: string;
  rowKey: string;
}

/** That a customer may be found by an address or an identity; whether it is, its own row says. */
export interface ClaimRow {
  claim: string;
  customerId: string;
  /** When the claim was laid: of two customers for a moment, it is the later one's. */
  since: Date;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

function keysOf(kind: 'customer' | 'user', id: string): Keys {
  const hash = hashOf(`${kind} ${id}`);
  return { partitionKey: hash, rowKey: `${hash}.${kind}` };
}

export const customerKeys = (id: string): Keys => keysOf('customer', id);
export const userKeys = (id: string): Keys => keysOf('user', id);
export const lockKeys: Keys = { partitionKey: hashOf('lock'), rowKey: `${hashOf('lock')}.lock` };

/** The partition of all rows of one claim. */
export const claimPartition = (claim: string): string => hashOf(`claim ${claim}`);

export function customerRow(entry: CustomerEntry) {
  return entryRow(customerKeys(entry.id), 'customer', entry);
}

export function userRow(entry: User) {
  return entryRow(userKeys(entry.id), 'user', entry);
}

function entryRow(keys: Keys, kind: string, entry: CustomerEntry | User) {
  return guardEntitySize({ ...keys, kind, ...writeLongText('entry', JSON.stringify(entry)) });
}

/** The inverse of {@link customerRow}. */
export function customerOf(row: Row): CustomerEntry {
  return JSON.parse(readLongText('entry', row)) as CustomerEntry;
}

/** The inverse of {@link userRow}. */
export function userOf(row: Row): User {
  return JSON.parse(readLongText('entry', row)) as User;
}

export function claimKeys({ claim, customerId }: Pick<ClaimRow, 'claim' | 'customerId'>): Keys {
  const partitionKey = claimPartition(claim);
  return { partitionKey, rowKey: `${partitionKey}.${hashOf(customerId)}` };
}

export function claimRow(row: ClaimRow) {
  return { ...claimKeys(row), kind: 'claim', ...row, since: row.since.toISOString() };
}

/** The inverse of {@link claimRow}. */
export function claimRowOf(row: Row): ClaimRow {
  return {
    claim: String(row['claim']),
    customerId: String(row['customerId']),
    since: new Date(String(row['since'])),
  };
}
