import { claimsOf } from '../../directory/index.ts';
import type { CustomerEntry, DirectoryDocument, DirectoryPlan } from '../../directory/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { Row } from './entity.ts';
import { takeDirectoryLock } from './directory-lock.ts';
import type { DirectoryLock } from './directory-lock.ts';
import {
  claimKeys,
  claimRow,
  claimRowOf,
  customerOf,
  customerRow,
  directoryTable,
  lockKeys,
  userOf,
  userRow,
} from './directory-rows.ts';
import type { ClaimRow } from './directory-rows.ts';
import { openTable, unless, ifUnmodified } from './open-table.ts';
import type { Table } from './open-table.ts';
import { odata } from './odata.ts';

/** The directory as it was read, with the versions that its rows must still have when it is written. */
interface StoredDirectory {
  /** Customers and users, in the order of their ids. */
  document: DirectoryDocument;
  /** Versions of rows, by row key. */
  versions: ReadonlyMap<string, string>;
  claims: readonly ClaimRow[];
  lock: DirectoryLock;
}

/** Changes of claim rows, including those that a run which broke off did not write or did not delete. */
interface ClaimChanges {
  missing: readonly ClaimRow[];
  surplus: readonly ClaimRow[];
}

/** The outcome of writing. `written` names the customers and users that were written, with the kind of change. */
export type WriteOutcome =
  | { outcome: 'written'; written: readonly string[] }
  /** Another writer interfered. `reason` says how, `written` what had been written by then. */
  | { outcome: 'conflict'; written: readonly string[]; reason: string };

/** Reads and writes the directory as a whole, for operators. */
export interface DirectoryEditor {
  read(): Promise<StoredDirectory>;
  /** Lists the claim rows that must be added and removed when the plan is written. */
  compareClaims(stored: StoredDirectory, plan: DirectoryPlan): ClaimChanges;
  /**
   * Writes a plan. Only one writer writes at a time, and a row that was changed since it was read stays as it is.
   *
   * @throws an error that says what was written so far, if storage fails
   */
  write(stored: StoredDirectory, plan: DirectoryPlan): Promise<WriteOutcome>;
}

/** Edits the table `directory`. */
export function createTableDirectoryEditor(
  connection: StorageConnection,
  { now }: { now: () => Date },
): DirectoryEditor {
  const table = openTable(connection, directoryTable);
  const compareClaims = (stored: StoredDirectory, plan: DirectoryPlan): ClaimChanges =>
    claimChanges(stored, plan, now());
  return {
    async read() {
      // Read the lock first: whoever writes after that changes the lock, and `write` notices.
      const lock = await table.find(lockKeys.partitionKey, lockKeys.rowKey);
      return storedDirectory(await table.list(odata`PartitionKey ge ${''}`), lock);
    },

    compareClaims,

    async write(stored, plan) {
      const { missing, surplus } = compareClaims(stored, plan);
      const entries = entryWrites(stored, plan);
      if (missing.length + surplus.length + entries.length === 0) return { outcome: 'written', written: [] };
      const lock = await takeDirectoryLock(table, stored.lock, now);
      if ('reason' in lock) return { outcome: 'conflict', written: [], reason: lock.reason };
      const written: string[] = [];
      try {
        // A customer is found only by claim rows, so these are added first and removed last. In between, the customer's
        // own row decides which claims hold.
        const steps = [...missing.map(claimInsert), ...entries, ...surplus.map(claimRemoval)];
        for (const { name, run } of steps) {
          const reason = (await lock.stillHolds()) ? undefined : 'somebody else took over the lock';
          const result = reason === undefined ? await run(table) : 'conflict';
          if (result === 'conflict') {
            return { outcome: 'conflict', written, reason: reason ?? `somebody else wrote the row first (${name})` };
          }
          if (name !== '') written.push(name);
        }
        return { outcome: 'written', written };
      } catch (error) {
        const done = written.length === 0 ? 'nothing' : written.join(', ');
        throw new Error(`Writing failed; written so far: ${done}. Run it again. (${(error as Error).message})`, {
          cause: error,
        });
      } finally {
        await lock.release();
      }
    },
  };
}

function storedDirectory(rows: readonly Row[], lock: DirectoryLock): StoredDirectory {
  const ofKind = (kind: string): Row[] => rows.filter((row) => row['kind'] === kind);
  const byId = (left: { id: string }, right: { id: string }): number => (left.id < right.id ? -1 : 1);
  return {
    document: {
      customers: ofKind('customer').map(customerOf).sort(byId),
      users: ofKind('user').map(userOf).sort(byId),
    },
    versions: new Map(rows.map((row) => [String(row['rowKey']), String(row['etag'])])),
    claims: ofKind('claim').map(claimRowOf),
    lock,
  };
}

function claimChanges({ claims, document }: StoredDirectory, { result }: DirectoryPlan, now: Date): ClaimChanges {
  const textOf = ({ claim, customerId }: Pick<ClaimRow, 'claim' | 'customerId'>): string => `${claim} ${customerId}`;
  const all = (customers: readonly CustomerEntry[]): ClaimRow[] =>
    customers.flatMap((customer) =>
      claimsOf(customer).map((claim) => ({ claim, customerId: customer.id, since: now })),
    );
  const held = new Set(all(document.customers).map(textOf));
  const present = new Set(claims.map(textOf));
  const wanted = all(result.customers);
  const wantedTexts = new Set(wanted.map(textOf));
  return {
    // A row whose customer doesn't have the claim yet is from a run that broke off. It is written again, because its
    // time is too early.
    missing: wanted.filter((claim) => !present.has(textOf(claim)) || !held.has(textOf(claim))),
    surplus: claims.filter((claim) => !wantedTexts.has(textOf(claim))),
  };
}

/** One write. Operators are told its name; the name of a claim's write is empty, since these are many. */
interface Write {
  name: string;
  run: (table: Table) => Promise<'written' | 'conflict'>;
}

function claimInsert(claim: ClaimRow): Write {
  return {
    name: '',
    async run(table) {
      await table.put(claimRow(claim));
      return 'written';
    },
  };
}

function claimRemoval(claim: ClaimRow): Write {
  const { partitionKey, rowKey } = claimKeys(claim);
  return {
    name: '',
    async run(table) {
      await unless(table.remove({ partitionKey, rowKey }), undefined, 'ResourceNotFound');
      return 'written';
    },
  };
}

/**
 * Makes the writes of customers and users, in order: customers are written before the users assigned to them, and
 * removed after the users who no longer are.
 */
function entryWrites({ versions }: StoredDirectory, { customers, users }: DirectoryPlan): Write[] {
  const write = (name: string, kind: string, row: ReturnType<typeof customerRow>): Write => {
    const { partitionKey, rowKey } = row;
    const etag = versions.get(rowKey);
    const put = (table: Table): Promise<string> => {
      if (etag === undefined) return table.insert(row);
      return kind === 'removed' ? table.remove({ partitionKey, rowKey }, etag) : table.replace(row, etag);
    };
    const run: Write['run'] = async (table) => {
      const answer = await ifUnmodified(put(table), 'conflict' as const);
      return answer === 'conflict' ? 'conflict' : 'written';
    };
    return { name: `${name} ${kind}`, run };
  };
  const customerWrites = customers.map(({ kind, entry }) => ({
    isRemoval: kind === 'removed',
    step: write(`customer ${entry.id}`, kind, customerRow(entry)),
  }));
  const userWrites = users.map(({ kind, entry }) => write(`user ${entry.id}`, kind, userRow(entry)));
  return [
    ...customerWrites.filter(({ isRemoval }) => !isRemoval).map(({ step }) => step),
    ...userWrites,
    ...customerWrites.filter(({ isRemoval }) => isRemoval).map(({ step }) => step),
  ];
}
