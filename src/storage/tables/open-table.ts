import { RestError, TableClient } from '@azure/data-tables';

import { managedIdentity } from '../connection.ts';
import type { StorageConnection } from '../connection.ts';

/** A table that comes into being when it is first needed. */
export interface Table {
  /** Runs an operation; where the table doesn't exist yet, creates it and runs the operation again. */
  run<Result>(operation: (client: TableClient) => Promise<Result>): Promise<Result>;
}

/** Opens a table; nothing is read or written before the first operation. */
export function openTable(connection: StorageConnection, name: string): Table {
  const client =
    'connectionString' in connection
      ? TableClient.fromConnectionString(connection.connectionString, name, { allowInsecureConnection: true })
      : new TableClient(connection.tableUrl, name, managedIdentity(connection.identityClientId));
  return {
    async run(operation) {
      try {
        return await operation(client);
      } catch (error) {
        if (!isStorageError(error, 'TableNotFound')) throw error;
        await client.createTable();
        return operation(client);
      }
    },
  };
}

/** Whether an error is the storage service's answer with one of these error codes. */
export function isStorageError(error: unknown, ...codes: string[]): boolean {
  if (!(error instanceof RestError)) return false;
  const details = error.details as { odataError?: { code?: string }; code?: string } | undefined;
  return codes.includes(details?.odataError?.code ?? details?.code ?? error.code ?? '');
}

/** Runs an operation and gives `instead` where the storage service answers with one of these codes. */
export async function unless<Result, Instead>(
  operation: Promise<Result>,
  instead: Instead,
  ...codes: string[]
): Promise<Result | Instead> {
  return operation.catch((error: unknown) => {
    if (isStorageError(error, ...codes)) return instead;
    throw error;
  });
}
