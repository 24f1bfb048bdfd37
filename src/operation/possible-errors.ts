import { isRequired } from './define-operation.ts';
import type { Operation } from './define-operation.ts';
import { errorCatalogue } from './errors.ts';
import type { ErrorCode } from './errors.ts';
import { asJsonSchema } from './schema.ts';
import type { JsonSchema } from './schema.ts';

/** Lists the errors with which an operation may answer: those of the kernel, and those that the operation declares. */
export function possibleErrors(operation: Operation<never>): ErrorCode[] {
  const codes = new Set<ErrorCode>([...impliedErrors(operation), ...operation.errors]);
  return (Object.keys(errorCatalogue) as ErrorCode[]).filter((code) => codes.has(code));
}

/** Lists the errors that the kernel may answer with, which follow from an operation's parameters and body. */
export function impliedErrors({ parameters, body, customer, service, anonymous }: Operation<never>): ErrorCode[] {
  const list = Object.values(parameters);
  const schema = body && asJsonSchema(body.schema);
  const hasRequired = contains(schema, ({ required = [] }) => required.length > 0);
  const hasDate = contains(schema, ({ format }) => format === 'date-time');
  const implied: readonly [boolean, readonly ErrorCode[]][] = [
    [anonymous !== true, ['Unauthenticated', 'UserNotAllowed', 'MissingScope', 'Throttled']],
    [true, ['InternalError', 'Unavailable']],
    [list.length > 0, ['InvalidParameter', 'InvalidCharacters']],
    [list.some(isRequired), ['MissingParameter']],
    [customer !== undefined, ['CustomerNotAssigned']],
    [service !== undefined, ['ServiceNotFound', 'WrongServiceType']],
    [
      schema !== undefined,
      ['InvalidJson', 'UnsupportedContentType', 'BodyTooLarge', 'InvalidField', 'InvalidCharacters'],
    ],
    [hasRequired, ['MissingField']],
    [hasDate, ['InvalidDateTime']],
  ];
  return implied.flatMap(([holds, codes]) => (holds ? codes : []));
}

function contains(schema: JsonSchema | undefined, test: (schema: JsonSchema) => boolean): boolean {
  if (schema === undefined) return false;
  return (
    test(schema) || [schema.items, ...Object.values(schema.properties ?? {})].some((inner) => contains(inner, test))
  );
}
