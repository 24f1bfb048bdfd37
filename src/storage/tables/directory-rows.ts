import { createHash } from 'node:crypto';

import type { CustomerEntry, User } from '../../directory/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize, readLongText, writeLongText } from './long-text.ts';

/*
 * The table `directory` has one row per customer with its services and WhatsApp numbers, one row per user, one row per
 * claim of a customer (an address or identity by which the customer is found), and one lock row, which a writer takes
 * first. Keys are hashes, because ids may contain characters that keys can't. Row keys are unique over the whole table,
 * because Azurite looks rows up by row key first.
 */
export const directoryTable = 'directory';

/** Keys of a row. */
interface Keys {
  partitionKey: string;
  rowKey: string;
}

/**
 * A claim: the customer may be found by an address or identity. This row is only an index; the customer's own row
 * decides whether the claim holds.
 */
export interface ClaimRow {
  /** The text that `addressClaim` or `identityClaim` makes. */
  claim: string;
  customerId: string;
  /** When the customer made the claim. While two customers have the same claim, the later one comes first. */
  since: Date;
}

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

function keysOf(kind: 'customer' | 'user', id: string): Keys {
  const hash = hashOf(`${kind} ${id}`);
  return { partitionKey: hash, rowKey: `${hash}.${kind}` };
}

/** Returns the keys of a customer's row: hashes of the customer's id. */
export const customerKeys = (id: string): Keys => keysOf('customer', id);
/** Returns the keys of a user's row: hashes of the user's id. */
export const userKeys = (id: string): Keys => keysOf('user', id);
/** The keys of the lock row, of which there is one in the table. */
export const lockKeys: Keys = { partitionKey: hashOf('lock'), rowKey: `${hashOf('lock')}.lock` };

/** Returns the partition key that all rows of a claim share, one row per customer. */
export const claimPartition = (claim: string): string => hashOf(`claim ${claim}`);

/**
 * Converts a customer to its row, which holds the whole entry as JSON in a long text.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
export function customerRow(entry: CustomerEntry) {
  return entryRow(customerKeys(entry.id), 'customer', entry);
}

/** Converts a user to its row, which holds the whole entry as JSON in a long text. */
export function userRow(entry: User) {
  return entryRow(userKeys(entry.id), 'user', entry);
}

function entryRow(keys: Keys, kind: string, entry: CustomerEntry | User) {
  return guardEntitySize({ ...keys, kind, ...writeLongText('entry', JSON.stringify(entry)) });
}

/** Converts a row to its customer; the inverse of {@link customerRow}. */
export function customerOf(row: Row): CustomerEntry {
  return JSON.parse(readLongText('entry', row)) as CustomerEntry;
}

/** Converts a row to its user; the inverse of {@link userRow}. */
export function userOf(row: Row): User {
  return JSON.parse(readLongText('entry', row)) as User;
}

/**
 * Returns the keys of a claim's row: the partition is the claim's, the row key also contains a hash of the customer.
 */
export function claimKeys({ claim, customerId }: Pick<ClaimRow, 'claim' | 'customerId'>): Keys {
  const partitionKey = claimPartition(claim);
  return { partitionKey, rowKey: `${partitionKey}.${hashOf(customerId)}` };
}

/** Converts a claim to its row. */
export function claimRow(row: ClaimRow) {
  return { ...claimKeys(row), kind: 'claim', ...row, since: row.since.toISOString() };
}

/** Converts a row to its claim; the inverse of {@link claimRow}. */
export function claimRowOf(row: Row): ClaimRow {
  return {
    claim: String(row['claim']),
    customerId: String(row['customerId']),
    since: new Date(String(row['since'])),
  };
}
