import { TableClient, TableServiceClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';

/** One stored property: a column of a row, including its keys, or a part of a blob. */
export interface StoredText {
  /** The name of the table or container. */
  store: string;
  /** The column's name; `name`, `type`, `bytes` or `metadata.KEY` of a blob. */
  column: string;
  text: string;
}

const plain = { allowInsecureConnection: true };

/** Names of all tables of an account, sorted. */
export async function tablesOf(connectionString: string): Promise<string[]> {
  const service = TableServiceClient.fromConnectionString(connectionString, plain);
  return (await Array.fromAsync(service.listTables())).map(({ name }) => String(name)).sort();
}

/** Names of all containers of an account, sorted. */
export async function containersOf(connectionString: string): Promise<string[]> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  return (await Array.fromAsync(service.listContainers())).map(({ name }) => name).sort();
}

/** Reads every text in every row of every table. */
export async function textsOfTables(connectionString: string): Promise<StoredText[]> {
  const tables = (await tablesOf(connectionString)).map(async (store): Promise<StoredText[]> => {
    const client = TableClient.fromConnectionString(connectionString, store, plain);
    const rows = await Array.fromAsync(client.listEntities());
    return rows.flatMap((row) =>
      Object.entries(row).flatMap(([column, text]) =>
        typeof text === 'string' && column !== 'etag' && column !== 'timestamp' ? [{ store, column, text }] : [],
      ),
    );
  });
  return (await Promise.all(tables)).flat();
}

/** Reads every text of every blob: its name, its metadata, and its bytes as UTF-8. */
export async function textsOfBlobs(connectionString: string): Promise<StoredText[]> {
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const texts: StoredText[] = [];
  for (const store of await containersOf(connectionString)) {
    const container = service.getContainerClient(store);
    for await (const { name, metadata, properties } of container.listBlobsFlat({ includeMetadata: true })) {
      texts.push(
        { store, column: 'name', text: name },
        ...Object.entries(metadata ?? {}).map(([key, text]) => ({
          store,
          column: `metadata.${key}`,
          text: decodeURIComponent(text),
        })),
        { store, column: 'type', text: properties.contentType ?? '' },
        { store, column: 'bytes', text: (await container.getBlobClient(name).downloadToBuffer()).toString() },
      );
    }
  }
  return texts;
}
