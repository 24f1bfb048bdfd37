import type { SweepPositions } from '../../maintenance/index.ts';
import type { StorageConnection } from '../connection.ts';
import { openTable } from './open-table.ts';

/** Keeps the positions at which sweeps stopped in the table `sweeps`, one row per sweep. */
export function createTableSweepPositions(connection: StorageConnection): SweepPositions {
  const table = openTable(connection, 'sweeps');
  return {
    async read(name) {
      const position = (await table.find(name, name))?.['position'];
      return typeof position === 'string' && position !== '' ? position : undefined;
    },

    async write(name, position = '') {
      await table.put({ partitionKey: name, rowKey: name, position });
    },
  };
}
