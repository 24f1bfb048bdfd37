import { createHash } from 'node:crypto';

import type { OptOut, OptOutStore } from '../../opt-outs/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openTable, unless } from './open-table.ts';
import { odata } from './odata.ts';

/**
 * Keeps opt-outs in the table `optouts`. The opt-outs of an identity are in 256 consecutive partitions: all of them are
 * one range, and writes spread over them. Row keys begin with a hash of the identity, so that they are unique over the
 * whole table: Azurite looks rows up by row key first and slows down if many rows share one.
 */
export function createTableOptOutStore(connection: StorageConnection): OptOutStore {
  const table = openTable(connection, 'optouts');

  return {
    async add(optOut, at) {
      const row = { ...keysOf(optOut), ...optOut, optedOutAt: at.toISOString() };
      await unless(table.insert(row), undefined, 'EntityAlreadyExists');
    },

    async remove(optOut) {
      const { partitionKey, rowKey } = keysOf(optOut);
      await unless(table.remove({ partitionKey, rowKey }), undefined, 'ResourceNotFound');
    },

    async list(identity) {
      const first = `${groupOf(identity)}00`;
      const last = `${groupOf(identity)}ff`;
      const filter = odata`PartitionKey ge ${first} and PartitionKey le ${last}`;
      return (await table.list(filter, ['number'])).map((row) => String(row['number']));
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

function groupOf(identity: string): string {
  return sha256(identity).slice(0, 32);
}

function keysOf({ identity, number }: OptOut): { partitionKey: string; rowKey: string } {
  const group = groupOf(identity);
  return { partitionKey: group + sha256(number).slice(0, 2), rowKey: `${group}.${number}` };
}
