import type { ServiceRequest } from '../service/open-service.ts';
import { entityJson } from './entity.ts';
import type { Entity, Keys } from './entity.ts';

/** A change of one row. `version` is the version that the row must have; `*` means any version. */
export type RowChange =
  /** Adds a row that must not exist yet. */
  | { change: 'insert'; row: Entity }
  /** Writes these columns and leaves the others as they are. */
  | { change: 'merge'; row: Entity; version: string }
  /** Writes the row as a whole; columns that it lacks are removed. */
  | { change: 'replace'; row: Entity; version: string }
  /** Writes the row as a whole, whether it exists or not. */
  | { change: 'put'; row: Entity }
  | { change: 'remove'; row: Keys; version: string };

/** Returns the path of a row, below the address of the table service. Single quotes in keys are doubled. */
export function rowPath(table: string, { partitionKey, rowKey }: Keys): string {
  const literal = (key: string): string => `'${encodeURIComponent(key.replaceAll("'", "''"))}'`;
  return `/${table}(PartitionKey=${literal(partitionKey)},RowKey=${literal(rowKey)})`;
}

/** The headers of requests whose answers are JSON. */
export const json = { accept: 'application/json;odata=minimalmetadata', dataserviceversion: '3.0' };

/**
 * Makes the request for one change, to be sent alone or within a transaction (Azure documentation, "Table service REST
 * API").
 */
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
