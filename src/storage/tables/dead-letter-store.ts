import { customerKey } from '../../directory/index.ts';
import type { DeadLetter, DeadLetterStore } from '../../notifications/index.ts';
import type { StorageConnection } from '../connection.ts';
import { byLetterTime } from '../ids-by-time.ts';
import { deadLetterKeys, deadLetterOf, deadLetterRow } from './dead-letter-rows.ts';
import { insertTogether } from './insert-rows.ts';
import { openTable, unless } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import { odata } from './odata.ts';

/**
 * The maximum number of dead letters that a search for the oldest of all customers looks at. They are sorted by
 * customer: if there are more, the oldest may not be among them.
 */
const lookedAt = 5_000;

/** How many dead letters are read at the same time. */
const readAtOnce = 10;

/** Keeps dead letters in the table `deadletters`. */
export function createTableDeadLetterStore(connection: StorageConnection): DeadLetterStore {
  const table = openTable(connection, 'deadletters');

  async function read(id: string): Promise<DeadLetter | undefined> {
    if (!fitsRowKey(id)) return undefined;
    const { partitionKey, rowKey } = deadLetterKeys(id);
    const row = await table.find(partitionKey, rowKey);
    return row && deadLetterOf(row);
  }

  /**
   * Reads the oldest dead letters of all customers. Lists ids first: payloads may be long, and only `limit` are needed.
   */
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
      // Two customers may have the same key, so the filter also compares ids.
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
