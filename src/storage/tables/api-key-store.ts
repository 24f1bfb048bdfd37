import type { ApiKey, ApiKeyStore } from '../../auth/ports.ts';
import type { StorageConnection } from '../connection.ts';
import type { Row } from './entity.ts';
import { openTable, unless } from './open-table.ts';
import { timeColumn, timeField } from './optional-columns.ts';
import { fitsRowKey } from './row-key.ts';
import { odata } from './odata.ts';

/** Keeps API keys in the table `apikeys`. Each key is a partition of its own, because ids are random. */
export function createTableApiKeyStore(connection: StorageConnection): ApiKeyStore {
  const table = openTable(connection, 'apikeys');

  return {
    async add(key) {
      await table.insert(rowOf(key));
    },

    async find(id) {
      if (!fitsRowKey(id)) return undefined;
      const row = await table.find(id, id);
      return row && apiKeyOf(row);
    },

    async list() {
      const keys = (await table.list(odata`PartitionKey ge ${''}`)).map(apiKeyOf);
      return keys.sort((one, other) => one.createdAt.getTime() - other.createdAt.getTime());
    },

    async remove(id) {
      if (!fitsRowKey(id)) return false;
      const answer = await unless(table.remove({ partitionKey: id, rowKey: id }), undefined, 'ResourceNotFound');
      return answer !== undefined;
    },
  };
}

/** Converts an API key to its row. An absent expiry is an empty text. */
function rowOf({ id, hash, userId, scopes, name, createdAt, expiresAt }: ApiKey) {
  return {
    partitionKey: id,
    rowKey: id,
    hash,
    userId,
    // Scopes contain no spaces (RFC 6749, section 3.3).
    scopes: scopes.join(' '),
    name,
    createdAt: createdAt.toISOString(),
    expiresAt: timeColumn(expiresAt),
  };
}

/** Converts a row to its API key; the inverse of {@link rowOf}. */
function apiKeyOf(row: Row): ApiKey {
  return {
    id: String(row['rowKey']),
    hash: String(row['hash']),
    userId: String(row['userId']),
    scopes: String(row['scopes'])
      .split(' ')
      .filter((scope) => scope !== ''),
    name: String(row['name']),
    createdAt: new Date(String(row['createdAt'])),
    ...timeField('expiresAt', row['expiresAt']),
  };
}
