import { customerKey } from '../../directory/index.ts';
import type { DeadLetter, DeadLetterStore } from '../../notifications/index.ts';
import type { StorageConnection } from '../connection.ts';
import { byLetterTime } from '../time-ranges.ts';
import { deadLetterKeys, deadLetterOf, deadLetterRow } from './dead-letter-rows.ts';
import { insertTogether } from './insert-rows.ts';
import { openTable, unless } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import { odata } from './odata.ts';

/**
 * How many letters of all customers are looked at, at most, to find the oldest. They lie by customer, so the oldest of
 * more may not be among them.
 */
const lookedAt = 5_000;

/** How many letters are read at once. */
const readAtOnce = 10;

/** Keeps what was given up in the table `deadletters`. */
export function createTableDeadLetterStore(connection: StorageConnection): DeadLetterStore {
  const table = openTable(connection, 'deadletters');

  async function read(id: string): Promise<DeadLetter | undefined> {
    if (!fitsRowKey(id)) return undefined;
    const { partitionKey, rowKey } = deadLetterKeys(id);
    const row = await table.find(partitionKey, rowKey);
    return row && deadLetterOf(row);
  }

  /** The oldest of all customers: payloads may be long, so only those that are wanted are read whole. */
  async function oldest(limit: number): Promise<DeadLetter[]> {
    const rows = await table.listFirst(lookedAt, odata`PartitionKey ge ${''}`, ['rowKey']);
    const ids = rows
      .map((row) => String(row['rowKey']))
      .sort(byLetterTime)
      .slice(0, limit);
    const letters: (DeadLetter | undefined)[] = [];
    for (let from = 0; from < ids.length; from += readAtOnce) {
      letters.push(...(await Promise.all(ids.slice(from, from + readAtOnce).map(read))));
    }
    return letters.filter((letter) => letter !== undefined);
  }

  return {
    async add(letter) {
      await insertTogether(table, [deadLetterRow(letter)]);
    },

    async list({ customerId, limit }) {
      if (customerId === undefined) return oldest(limit);
      // Two customers may share a key.
      const filter = odata`PartitionKey eq ${customerKey(customerId)} and customerId eq ${customerId}`;
      return (await table.listFirst(limit, filter)).map(deadLetterOf);
    },

    read,

    async remove(id) {
      if (!fitsRowKey(id)) return;
      const { partitionKey, rowKey } = deadLetterKeys(id);
      await unless(table.remove({ partitionKey, rowKey }), undefined, 'ResourceNotFound');
    },
  };
}
