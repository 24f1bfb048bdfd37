import type { JsonSchema } from '../../operation/schema.ts';
import { createDropdown } from './dropdowns.ts';
import type { DynamicValues, SchemaObject } from './types.ts';

/**
 * The keywords that a schema may have, in the order in which they are written. They have the same meaning in JSON
 * Schema and in Swagger 2.0, so a schema can be copied. `checkSchema` refuses all other keywords.
 */
export const schemaKeywords = [
  'title',
  'description',
  'type',
  'format',
  'enum',
  'default',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'items',
  'properties',
  'required',
  'additionalProperties',
  'x-ms-visibility',
  'x-ms-notification-url',
  'x-ms-dynamic-values',
] as const;

/** Writes a schema of a body or an answer. The schema must have passed `checkSchema`. */
export function createSchema(schema: JsonSchema): SchemaObject {
  const written = Object.fromEntries(
    schemaKeywords.filter((keyword) => schema[keyword] !== undefined).map((keyword) => [keyword, schema[keyword]]),
  );
  const { items, properties, required } = schema;
  if (items !== undefined) written['items'] = createSchema(items);
  if (properties !== undefined) {
    written['properties'] = Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [name, createSchema(inner)]),
    );
  }
  // An empty list is not valid Swagger.
  if (required?.length === 0) delete written['required'];
  return {
    ...written,
    ...createDropdown(schema['x-ms-dynamic-values'] as DynamicValues | undefined),
  } as SchemaObject;
}
