import { createHash } from 'node:crypto';

import { odata } from '@azure/data-tables';
import type { TransactionAction } from '@azure/data-tables';

import type { RightsStore } from '../../policies/rights-store.ts';
import type { StorageConnection } from '../connection.ts';
import { openTable, unless } from './open-table.ts';

/**
 * Keeps rights to call in the table `rights`, one row each, those of a connection in one partition. Row keys begin with
 * the partition's: Azurite finds rows by row key first and slows down where many share one.
 */
export function createTableRightsStore(connection: StorageConnection): RightsStore {
  const table = openTable(connection, 'rights');

  return {
    async list(key) {
      const partition = partitionOf(key);
      const rows = await table.list(odata`PartitionKey eq ${partition}`);
      return rows.map((row) => ({
        place: Number(row['place']),
        freeAt: new Date(String(row['freeAt'])),
        version: String(row['etag']),
      }));
    },

    async write(key, changes) {
      const partitionKey = partitionOf(key);
      const actions = changes.map(({ place, freeAt, version }): TransactionAction => {
        const row = { partitionKey, rowKey: `${partitionKey}.${place}`, place, freeAt: freeAt.toISOString() };
        return version === undefined ? ['create', row] : ['update', row, 'Replace', { etag: version }];
      });
      const answer = await unless(
        table.run((client) => client.submitTransaction(actions)),
        'conflict' as const,
        'EntityAlreadyExists',
        'UpdateConditionNotSatisfied',
        'ResourceNotFound',
      );
      if (answer === 'conflict') return answer;
      return answer.subResponses.map(({ etag }) => etag ?? '');
    },
  };
}

function partitionOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}
