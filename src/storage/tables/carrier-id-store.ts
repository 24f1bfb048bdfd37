import { createHash } from 'node:crypto';

import type { CarrierId, CarrierIdStore } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { Row } from './entity.ts';
import { guardEntitySize } from './long-text.ts';
import { openTable, unless } from './open-table.ts';

/** Keeps the ids that carriers gave in the table `carrierids`, one row each. */
export function createTableCarrierIdStore(connection: StorageConnection): CarrierIdStore {
  const table = openTable(connection, 'carrierids');

  const find: CarrierIdStore['find'] = async (carrier, id) => {
    const { partitionKey, rowKey } = keysOf({ carrier, id });
    const row = await table.find(partitionKey, rowKey);
    return row && entryOf(row);
  };

  return {
    find,
    async record(entry) {
      const { carrier, id, value, notedAt } = entry;
      const row = guardEntitySize({ ...keysOf(entry), carrier, id, value, notedAt: notedAt.toISOString() });
      const inserted = await unless(table.insert(row), undefined, 'EntityAlreadyExists');
      return inserted === undefined ? ((await find(carrier, id)) ?? entry) : entry;
    },
  };
}

/**
 * Returns the keys of an id's row: a hash, because ids may contain characters that keys can't. It also spreads load.
 */
function keysOf({ carrier, id }: Pick<CarrierId, 'carrier' | 'id'>): { partitionKey: string; rowKey: string } {
  const key = createHash('sha256')
    .update(JSON.stringify([carrier, id]))
    .digest('hex');
  return { partitionKey: key, rowKey: key };
}

function entryOf(row: Row): CarrierId {
  return {
    carrier: String(row['carrier']),
    id: String(row['id']),
    value: String(row['value']),
    notedAt: new Date(String(row['notedAt'])),
  };
}
