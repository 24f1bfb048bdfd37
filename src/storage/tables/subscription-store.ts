import type { SubscriptionStore } from '../../subscriptions/index.ts';
import type { StorageConnection } from '../connection.ts';
import { deleteUnchanged } from './delete-rows.ts';
import { guardEntitySize } from './long-text.ts';
import { openTable, unlessChanged } from './open-table.ts';
import { fitsRowKey } from './row-key.ts';
import { healthColumns, subscriptionKeys, subscriptionOf, subscriptionRow } from './subscription-rows.ts';
import { odata } from './odata.ts';

/** Keeps subscriptions in the table `subscriptions`. */
export function createTableSubscriptionStore(connection: StorageConnection): SubscriptionStore {
  const table = openTable(connection, 'subscriptions');

  return {
    async put(subscription) {
      const row = subscriptionRow(subscription);
      await table.put(row);
    },

    async find(pipelineId, key) {
      if (!fitsRowKey(pipelineId) || !fitsRowKey(key)) return undefined;
      const { partitionKey, rowKey } = subscriptionKeys(pipelineId, key);
      const row = await table.find(partitionKey, rowKey);
      return row && { subscription: subscriptionOf(row), version: row.etag };
    },

    async listActive(pipelineId) {
      const rows = await table.list(odata`PartitionKey eq ${pipelineId} and state eq ${'active'}`);
      return rows.map(subscriptionOf);
    },

    async update({ subscription: { pipelineId, key }, version }, health) {
      const columns = guardEntitySize({ ...subscriptionKeys(pipelineId, key), ...healthColumns(health) });
      const answer = await unlessChanged(table.merge(columns, version), undefined);
      return answer === undefined ? 'conflict' : 'updated';
    },

    async remove({ subscription: { pipelineId, key }, version }) {
      const isRemoved = await deleteUnchanged(table, { ...subscriptionKeys(pipelineId, key), etag: version });
      return isRemoved ? 'removed' : 'conflict';
    },
  };
}
