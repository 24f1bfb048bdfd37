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

/** The directory as it was read, with the versions that a change of it presupposes. */
interface StoredDirectory {
  /** In the order of ids. */
  document: DirectoryDocument;
  /** By row key. */
  versions: ReadonlyMap<string, string>;
  claims: readonly ClaimRow[];
  lock: DirectoryLock;
}

/** Rows that lead from addresses and identities to customers, and that a broken-off run left missing or behind. */
interface ClaimChanges {
  missing: readonly ClaimRow[];
  surplus: readonly ClaimRow[];
}

/** What came of writing; `written` names customers and users, `address rows` last. */
export type WriteOutcome =
  | { outcome: 'written'; written: readonly string[] }
  /** Somebody else wrote or writes; `reason` says what, and `written` what had been written before that showed. */
  | { outcome: 'conflict'; written: readonly string[]; reason: string };

/** Reads and writes the directory as a whole, for operators. */
export interface DirectoryEditor {
  read(): Promise<StoredDirectory>;
  /** Which rows by address are missing or too many once a plan is carried out. */
  compareClaims(stored: StoredDirectory, plan: DirectoryPlan): ClaimChanges;
  /** Carries a plan out. One writer at a time; what is not as it was read is left alone. */
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
      // The lock first: who writes after that changes it, and is noticed.
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
        // A customer is only found by rows, so those come first and go last; between, its own row tells what holds.
        const steps = [...missing.map(claimInsert), ...entries, ...surplus.map(claimRemoval)];
        for (const { name, run } of steps) {
          const reason = (await lock.stillHolds()) ? undefined : 'somebody else took over the writing';
          const result = reason === undefined ? await run(table) : 'conflict';
          if (result === 'conflict') {
            return { outcome: 'conflict', written, reason: reason ?? `${name} is not as it was read` };
          }
          if (name !== '') written.push(name);
        }
        return { outcome: 'written', written };
      } catch (error) {
        const done = written.length === 0 ? 'nothing' : written.join(', ');
        throw new Error(`Writing broke off; written so far: ${done}. Run it again. (${(error as Error).message})`, {
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
    // A row that a customer doesn't hold yet is of a broken-off run: its time would be too early.
    missing: wanted.filter((claim) => !present.has(textOf(claim)) || !held.has(textOf(claim))),
    surplus: claims.filter((claim) => !wantedTexts.has(textOf(claim))),
  };
}

/** One write; its name is what an operator is told, and empty where it is one of many. */
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

/** Customers before the users who are to use them, and after those who no longer are. */
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
