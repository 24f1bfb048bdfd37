import type { Operation } from '../../operation/define-operation.ts';
import { createParameters } from './parameters.ts';
import { createResponses } from './responses.ts';
import { createOperationSecurity } from './security.ts';
import type { Method, OperationObject, PathItem } from './types.ts';

/** Writes the operations under their paths, in the order of the list. */
export function createPaths(operations: readonly Operation<never>[]): Record<string, PathItem> {
  const paths: Record<string, PathItem> = {};
  for (const operation of operations) {
    const methods = (paths[operation.path] ??= {});
    methods[operation.method.toLowerCase() as Method] = createOperation(operation);
  }
  return paths;
}

function createOperation(operation: Operation<never>): OperationObject {
  const { operationId, summary, description, visibility, deprecated } = operation;
  return {
    operationId,
    summary,
    description,
    ...(visibility === undefined ? {} : { 'x-ms-visibility': visibility }),
    ...(deprecated === undefined ? {} : { deprecated }),
    parameters: createParameters(operation),
    responses: createResponses(operation),
    security: createOperationSecurity(operation),
  };
}
