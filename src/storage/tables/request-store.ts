import { createHash } from 'node:crypto';

import type { RequestStore, RequestUse } from '../../messages/index.ts';
import type { StorageConnection } from '../connection.ts';
import type { Row } from './entity.ts';
import { guardEntitySize } from './long-text.ts';
import { openTable, unless, unlessChanged } from './open-table.ts';

/** Keeps uses of request ids in the table `requests`, one row per customer and request id. */
export function createTableRequestStore(connection: StorageConnection): RequestStore {
  const table = openTable(connection, 'requests');

  return {
    async claim(use, forgottenBefore) {
      const row = rowOf(use);
      for (;;) {
        const inserted = await unless(table.insert(row), undefined, 'EntityAlreadyExists');
        if (inserted !== undefined) return use;
        const found = await table.find(row.partitionKey, row.rowKey);
        if (found === undefined) continue;
        const earlier = useOf(found);
        if (earlier.usedAt >= forgottenBefore) return earlier;
        const replaced = await unlessChanged(table.replace(row, found.etag), undefined);
        if (replaced !== undefined) return use;
      }
    },
  };
}

/** Converts the use of a request id to its row. */
function rowOf({ customerId, requestId, messageId, fingerprint, usedAt }: RequestUse) {
  // A hash, because request ids may contain characters that keys can't. It also spreads the load.
  const key = createHash('sha256')
    .update(JSON.stringify([customerId, requestId]))
    .digest('hex');
  const columns = { customerId, requestId, messageId, fingerprint, usedAt: usedAt.toISOString() };
  return guardEntitySize({ partitionKey: key, rowKey: key, ...columns });
}

/** Converts a row to the use of its request id; the inverse of {@link rowOf}. */
function useOf(row: Row): RequestUse {
  return {
    customerId: String(row['customerId']),
    requestId: String(row['requestId']),
    messageId: String(row['messageId']),
    fingerprint: String(row['fingerprint']),
    usedAt: new Date(String(row['usedAt'])),
  };
}
