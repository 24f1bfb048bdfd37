/** A row as it was read, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** The keys of a row. */
export interface Keys {
  partitionKey: string;
  rowKey: string;
}

/** A row to be written. Columns are texts, whole numbers below 2^31 or booleans; undefined columns are left out. */
export type Entity = Keys & Readonly<Record<string, string | number | boolean | undefined>>;

const ownNames = { PartitionKey: 'partitionKey', RowKey: 'rowKey', Timestamp: 'timestamp', 'odata.etag': 'etag' };
const wireNames: Readonly<Record<string, string>> = { partitionKey: 'PartitionKey', rowKey: 'RowKey' };

/** Makes the JSON of a row, as the table service takes it. */
export function entityJson({ partitionKey, rowKey, ...columns }: Entity): string {
  return JSON.stringify({ PartitionKey: partitionKey, RowKey: rowKey, ...columns });
}

/** Returns the name that the table service has for a column. */
export function wireName(column: string): string {
  return wireNames[column] ?? column;
}

/** Reads a row from its JSON. Leaves out the type annotations that the service adds to columns. */
export function readEntity(json: Readonly<Record<string, unknown>>): Row & Keys & { etag: string } {
  const columns = Object.entries(json).filter(([name]) => !name.includes('@') && name !== 'odata.metadata');
  const named = columns.map(([name, value]) => [ownNames[name as keyof typeof ownNames] ?? name, value]);
  return Object.fromEntries(named) as Row & Keys & { etag: string };
}
