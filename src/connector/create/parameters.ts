import { isRequired } from '../../operation/define-operation.ts';
import type { Operation, Parameter } from '../../operation/define-operation.ts';
import { asJsonSchema } from '../../operation/schema.ts';
import { createSchema } from './schemas.ts';
import type { BodyParameter, ValueParameter } from './types.ts';

/** Writes an operation's parameters in their order, the body last. */
export function createParameters({
  parameters,
  body,
}: Pick<Operation<never>, 'parameters' | 'body'>): (ValueParameter | BodyParameter)[] {
  const written = Object.entries(parameters).map(([name, parameter]) => createParameter(name, parameter));
  if (body === undefined) return written;
  const { name, description, schema } = body;
  return [...written, { name, in: 'body', description, required: true, schema: createSchema(asJsonSchema(schema)) }];
}

/** Writes a parameter. Its label is an extension, because parameters have no title in Swagger. */
function createParameter(name: string, parameter: Parameter): ValueParameter {
  const { title, ...rules } = createSchema(asJsonSchema(parameter.schema));
  return {
    name,
    in: parameter.in,
    required: isRequired(parameter),
    'x-ms-summary': title,
    ...rules,
    // Ids may hold characters that a path must encode. Without this, the platform's checks refuse the parameter.
    ...(parameter.in === 'path' ? { 'x-ms-url-encoding': 'single' } : {}),
  } as ValueParameter;
}
