import type { ServiceRequest } from '../service/open-service.ts';
import { entityJson } from './entity.ts';
import type { Entity, Keys } from './entity.ts';

/** What is done to one row. A version is that which the row must have; `*` stands for any. */
export type RowChange =
  | { change: 'insert'; row: Entity }
  /** Writes these columns and leaves the others. */
  | { change: 'merge'; row: Entity; version: string }
  | { change: 'replace'; row: Entity; version: string }
  /** Writes the row, whether there is one or not. */
  | { change: 'put'; row: Entity }
  | { change: 'remove'; row: Keys; version: string };

/** Where a row is, below the address of the table service. Quotation marks in keys are doubled. */
export function rowPath(table: string, { partitionKey, rowKey }: Keys): string {
  const literal = (key: string): string => `'${encodeURIComponent(key.replaceAll("'", "''"))}'`;
  return `/${table}(PartitionKey=${literal(partitionKey)},RowKey=${literal(rowKey)})`;
}

export const json = { accept: 'application/json;odata=minimalmetadata', dataserviceversion: '3.0' };

/** The request that makes a change, alone or within a transaction (Azure documentation, "Table service REST API"). */
export function changeRequest(table: string, step: RowChange): ServiceRequest {
  if (step.change === 'remove') {
    return { method: 'DELETE', path: rowPath(table, step.row), headers: { ...json, 'if-match': step.version } };
  }
  const body = entityJson(step.row);
  const headers = { ...json, 'content-type': 'application/json' };
  if (step.change === 'insert') {
    return { method: 'POST', path: `/${table}`, headers: { ...headers, prefer: 'return-no-content' }, body };
  }
  return {
    method: step.change === 'merge' ? 'PATCH' : 'PUT',
    path: rowPath(table, step.row),
    headers: step.change === 'put' ? headers : { ...headers, 'if-match': step.version },
    body,
  };
}
