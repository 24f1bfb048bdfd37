import type { Operation } from '../../operation/define-operation.ts';
import { asJsonSchema } from '../../operation/schema.ts';
import type { ConnectorSettings } from '../settings.ts';
import { createParameters } from './parameters.ts';
import { createResponses } from './responses.ts';
import { createSchema } from './schemas.ts';
import { createOperationSecurity } from './security.ts';
import type { OperationObject, PathItem } from './types.ts';

/** The settings that paths depend on. */
type PathSettings = Pick<ConnectorSettings, 'apiKey'>;

/** Writes the operations under their paths, in the order of the list. */
export function createPaths(
  operations: readonly Operation<never>[],
  settings: PathSettings = {},
): Record<string, PathItem> {
  const byPath = Map.groupBy(operations, ({ path }) => path);
  return Object.fromEntries([...byPath].map(([path, group]) => [path, createPathItem(group, settings)]));
}

/** Writes the operations of one path. The notification follows the methods, as in Microsoft's schema of the file. */
function createPathItem(operations: readonly Operation<never>[], settings: PathSettings): PathItem {
  const methods = operations.map(
    (operation) => [operation.method.toLowerCase(), createOperation(operation, settings)] as const,
  );
  const item: PathItem = Object.fromEntries(methods);
  const notification = operations.find(({ trigger }) => trigger !== undefined)?.trigger?.notification;
  if (notification === undefined) return item;
  const { description, schema } = notification;
  return { ...item, 'x-ms-notification-content': { description, schema: createSchema(asJsonSchema(schema)) } };
}

function createOperation(operation: Operation<never>, settings: PathSettings): OperationObject {
  const { operationId, summary, description, visibility, trigger, deprecated } = operation;
  return {
    operationId,
    summary,
    description,
    ...(visibility === undefined ? {} : { 'x-ms-visibility': visibility }),
    ...(trigger === undefined ? {} : { 'x-ms-trigger': 'single', 'x-ms-trigger-hint': trigger.hint }),
    ...(deprecated === undefined ? {} : { deprecated }),
    parameters: createParameters(operation),
    responses: createResponses(operation),
    security: createOperationSecurity(operation, settings),
  };
}
