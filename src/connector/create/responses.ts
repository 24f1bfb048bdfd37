import type { Operation } from '../../operation/define-operation.ts';
import { errorCatalogue } from '../../operation/errors.ts';
import type { ErrorCode } from '../../operation/errors.ts';
import { possibleErrors } from '../../operation/possible-errors.ts';
import { asJsonSchema } from '../../operation/schema.ts';
import { createSchema } from './schemas.ts';
import type { ResponseObject } from './types.ts';

type ErrorStatus = (typeof errorCatalogue)[ErrorCode]['status'];

const sentences: Record<ErrorStatus, string> = {
  400: 'The request is not valid.',
  401: 'The caller is not signed in.',
  403: 'The caller has no access.',
  404: 'Something that the request names was not found.',
  409: 'What the request would create already exists.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  422: 'The request contradicts an earlier one.',
  429: 'Too many calls were made with the connection.',
  500: 'The backend failed.',
  503: 'The backend is not available at the moment.',
};

/**
 * Writes the responses of an operation: its answer, and for each status of an error a description with the codes. Only
 * the answer may have a schema, because the platform refuses operations with several.
 */
export function createResponses(operation: Operation<never>): Record<string, ResponseObject> {
  const { status, description, schema } = operation.answer;
  const codes = possibleErrors(operation);
  const refusals = [...new Set(codes.map((code) => errorCatalogue[code].status))].map((status) => {
    const list = codes.filter((code) => errorCatalogue[code].status === status);
    const heading = list.length === 1 ? 'Error code' : 'Error codes';
    return [status, { description: `${sentences[status]} ${heading}: ${list.join(', ')}.` }] as const;
  });
  return {
    [status]: { description, ...(schema === undefined ? {} : { schema: createSchema(asJsonSchema(schema)) }) },
    ...Object.fromEntries(refusals),
  };
}
