import { createHash } from 'node:crypto';

import type { PermitStore } from '../../policies/permit-store.ts';
import type { StorageConnection } from '../connection.ts';
import { openTable, ifUnmodified } from './open-table.ts';
import { odata } from './odata.ts';
import type { RowChange } from './row-change.ts';

/**
 * Keeps permits to call in the table `rights`, one row each; the permits of a connection are one partition. (The table
 * and its column `place`, a permit's index, were named before permits were called permits.) Row keys begin with the
 * partition key, so that they are unique over the whole table: Azurite looks rows up by row key first and slows down if
 * many rows share one.
 */
export function createTablePermitStore(connection: StorageConnection): PermitStore {
  const table = openTable(connection, 'rights');

  return {
    async list(key) {
      const partition = partitionOf(key);
      const rows = await table.list(odata`PartitionKey eq ${partition}`);
      return rows.map((row) => ({
        index: Number(row['place']),
        freeAt: new Date(String(row['freeAt'])),
        version: String(row['etag']),
      }));
    },

    async write(key, changes) {
      const partitionKey = partitionOf(key);
      const steps = changes.map(({ index, freeAt, version }): RowChange => {
        const row = { partitionKey, rowKey: `${partitionKey}.${index}`, place: index, freeAt: freeAt.toISOString() };
        return version === undefined ? { change: 'insert', row } : { change: 'replace', row, version };
      });
      const answer = await ifUnmodified(table.writeTogether(steps), undefined);
      return answer ?? 'conflict';
    },
  };
}

function partitionOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}
