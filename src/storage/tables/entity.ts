/** A row as it is read. */
export type Row = Readonly<Record<string, unknown>>;

/** The keys of a row. */
export interface Keys {
  partitionKey: string;
  rowKey: string;
}

/** A row to be written: texts, whole numbers below 2^31, truth values; what is undefined is left out. */
export type Entity = Keys & Readonly<Record<string, string | number | boolean | undefined>>;

const ownNames = { PartitionKey: 'partitionKey', RowKey: 'rowKey', Timestamp: 'timestamp', 'odata.etag': 'etag' };
const wireNames: Readonly<Record<string, string>> = { partitionKey: 'PartitionKey', rowKey: 'RowKey' };

/** A row's JSON. */
export function entityJson({ partitionKey, rowKey, ...columns }: Entity): string {
  return JSON.stringify({ PartitionKey: partitionKey, RowKey: rowKey, ...columns });
}

/** What a column is called on the wire. */
export function wireName(column: string): string {
  return wireNames[column] ?? column;
}

/** A row from its JSON; what the service says of columns is left out. */
export function readEntity(json: Readonly<Record<string, unknown>>): Row & Keys & { etag: string } {
  const columns = Object.entries(json).filter(([name]) => !name.includes('@') && name !== 'odata.metadata');
  const named = columns.map(([name, value]) => [ownNames[name as keyof typeof ownNames] ?? name, value]);
  return Object.fromEntries(named) as Row & Keys & { etag: string };
}
