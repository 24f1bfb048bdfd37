import type { JsonSchema } from '../operation/schema.ts';
import { schemaKeywords } from './create/schemas.ts';

/*
 * What the definition can't say must not be dropped in silence: a field whose rule is lost would be accepted by a
 * designer and refused by the backend. So everything outside the allow-list is refused, and its place named.
 */

/** The types of Swagger 2.0 and the formats that go with them. */
const formats: Record<string, readonly string[]> = {
  string: ['date-time', 'date', 'uuid', 'uri', 'email', 'byte', 'password'],
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
  boolean: [],
  array: [],
  object: [],
};

// Legal in Swagger 2.0, so refused for another reason than the rest.
const unsupported = new Set(['pattern', 'allOf', 'minLength', 'multipleOf', 'uniqueItems']);

/**
 * Checks a schema and all within it. Returns one line per complaint, each beginning with the place, as in
 * `/SendMessage/body/Recipients/items/Address: keyword 'anyOf' can't be said in Swagger 2.0`.
 *
 * A field needs a label; the whole body, the whole answer and the items of a list may have one.
 */
export function checkSchema(schema: JsonSchema, place: string, { isField = false } = {}): string[] {
  const foreign = Object.keys(schema).filter((keyword) => !(schemaKeywords as readonly string[]).includes(keyword));
  const complaints = [
    ...foreign.map((keyword) =>
      unsupported.has(keyword)
        ? `keyword '${keyword}' is not one that the generator writes`
        : `keyword '${keyword}' can't be said in Swagger 2.0`,
    ),
    // Where a keyword such as anyOf stands, the rest of the schema is bound to look wrong as well.
    ...(foreign.length > 0 ? [] : [...checkType(schema), ...checkValues(schema), ...checkLabel(schema, isField)]),
  ];
  return [
    ...complaints.map((complaint) => `${place}: ${complaint}`),
    ...(schema.items === undefined ? [] : checkSchema(schema.items, `${place}/items`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
      checkSchema(inner, `${place}/${name}`, { isField: true }),
    ),
  ];
}

function checkType({ type, format, items, properties, required, additionalProperties }: JsonSchema): string[] {
  if (type === undefined) return ['the schema has no type'];
  const known = Object.hasOwn(formats, type) ? formats[type] : undefined;
  if (known === undefined) return [`type ${JSON.stringify(type)} can't be said in Swagger 2.0`];
  const complaints: string[] = [];
  if (format !== undefined && !known.some((each) => each === format)) {
    complaints.push(`format ${JSON.stringify(format)} can't be said of type ${JSON.stringify(type)}`);
  }
  if (type === 'array' && items === undefined) complaints.push('the list says nothing of its items');
  if (type === 'object' && Object.keys(properties ?? {}).length === 0 && additionalProperties !== true) {
    complaints.push('the object has no fields');
  }
  if (additionalProperties !== undefined && typeof additionalProperties !== 'boolean') {
    complaints.push('additionalProperties must be true or false');
  }
  for (const name of required ?? []) {
    if (!Object.hasOwn(properties ?? {}, name)) complaints.push(`the required field '${name}' is not defined`);
  }
  return complaints;
}

function checkValues(schema: JsonSchema): string[] {
  const { type, default: defaultValue } = schema;
  const values = schema['enum'] as unknown[] | undefined;
  const fits = (value: unknown): boolean =>
    type === 'integer' ? Number.isInteger(value) : typeof value === (type as string);
  const complaints = (values ?? [])
    .filter((value) => !fits(value))
    .map((value) => `the choice ${JSON.stringify(value)} is not of type ${JSON.stringify(type)}`);
  if (values?.length === 0) complaints.push('there is nothing to choose from');
  if (defaultValue !== undefined && !fits(defaultValue)) {
    complaints.push(`the default ${JSON.stringify(defaultValue)} is not of type ${JSON.stringify(type)}`);
  }
  if (defaultValue !== undefined && values !== undefined && !values.includes(defaultValue)) {
    complaints.push(`the default ${JSON.stringify(defaultValue)} is not one of the choices`);
  }
  return complaints;
}

function checkLabel({ title, description }: JsonSchema, isField: boolean): string[] {
  if (!isField && title === undefined) return [];
  const complaints: string[] = [];
  if (typeof title !== 'string' || title.trim() === '') complaints.push('the label (title) is missing');
  if (typeof description !== 'string' || description.trim() === '') complaints.push('the description is missing');
  else if (!/[.!?]$/.test(description)) complaints.push('the description must end with a full stop');
  else if (description === title) complaints.push('the description repeats the label');
  return complaints;
}
