import type { ContactStore } from '../../contacts/index.ts';
import type { StorageConnection } from '../connection.ts';
import { createContactCleaner } from './contact-cleaner.ts';
import {
  changedColumns,
  contactKeys,
  contactOf,
  contactRow,
  countFailures,
  failureRow,
  groupKey,
  rowsOf,
} from './contact-rows.ts';
import { createGroupGenerations } from './group-generations.ts';
import { openTable, unless } from './open-table.ts';
import { odata } from './odata.ts';

/**
 * Keeps contacts in the table `contacts`. The table `groups` names the generation of each group whose contacts exist.
 */
export function createTableContactStore(connection: StorageConnection, now: () => Date): ContactStore {
  const table = openTable(connection, 'contacts');
  const generations = createGroupGenerations(openTable(connection, 'groups'), now);
  const placeOf = async (key: string, number: string) => ({
    group: key,
    generation: await generations.current(key),
    number,
  });

  return {
    async create(group, contact) {
      const place = await placeOf(groupKey(group), contact.phone);
      return unless(
        table.insert(contactRow(place, contact)).then(() => 'created' as const),
        'exists' as const,
        'EntityAlreadyExists',
      );
    },

    async read(group, number) {
      const { partitionKey, first, end } = rowsOf(await placeOf(groupKey(group), number));
      const filter = odata`PartitionKey eq ${partitionKey} and RowKey ge ${first} and RowKey lt ${end}`;
      const [row, ...failures] = await table.list(filter);
      // If the first row is not the contact, the contact was deleted and only its failed messages are left.
      if (row === undefined || row['rowKey'] !== first) return undefined;
      const contact = contactOf(row);
      return { contact, failedMessages: countFailures(failures, contact.createdAt) };
    },

    async update(group, number, changes) {
      const columns = changedColumns(await placeOf(groupKey(group), number), changes, now());
      return unless(
        table.merge(columns).then(() => 'updated' as const),
        'absent' as const,
        'ResourceNotFound',
      );
    },

    async delete(group, number) {
      const { partitionKey, rowKey } = contactKeys(await placeOf(groupKey(group), number));
      return unless(
        table.remove({ partitionKey, rowKey }).then(() => 'deleted' as const),
        'absent' as const,
        'ResourceNotFound',
      );
    },

    deleteAll: (group) => generations.begin(groupKey(group)),

    cleanUp: createContactCleaner(table, generations),

    async recordFailure(group, failure) {
      const key = groupKey(group);
      const place = { group: key, generation: await generations.recent(key), number: failure.number };
      const failed = failureRow(place, failure);
      // The merge fails if the contact does not exist, the insert if the message was counted before.
      const written = table
        .writeTogether([
          { change: 'merge', row: { ...contactKeys(place), lastFailureAt: failed.at }, version: '*' },
          { change: 'insert', row: failed },
        ])
        .then(() => 'counted' as const);
      return unless(unless(written, 'noContact' as const, 'ResourceNotFound'), 'known' as const, 'EntityAlreadyExists');
    },
  };
}
