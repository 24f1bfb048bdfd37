import type { JsonSchema } from '../operation/schema.ts';
import { schemaKeywords } from './create/schemas.ts';

/*
 * A rule that the definition can't express must not be dropped silently: a designer would accept a value that the
 * backend refuses. So the generator refuses every keyword outside the allow-list, and names its place.
 */

/** The types of Swagger 2.0 and their formats. */
const formats: Record<string, readonly string[]> = {
  string: ['date-time', 'date', 'uuid', 'uri', 'email', 'byte', 'password'],
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
  boolean: [],
  array: [],
  object: [],
};

// Keywords that Swagger 2.0 has and the generator doesn't write; the complaint says so.
const unsupported = new Set(['pattern', 'allOf', 'minLength', 'multipleOf', 'uniqueItems']);

/**
 * Checks a schema at every depth. Returns one line for each complaint, which begins with the place, for example
 * `/SendMessage/body/Recipients/items/Address: Swagger 2.0 has no keyword 'anyOf'`.
 *
 * A field needs a label. The whole body, the whole answer and the items of a list may have one.
 */
export function checkSchema(schema: JsonSchema, place: string, { isField = false } = {}): string[] {
  const foreign = Object.keys(schema).filter((keyword) => !(schemaKeywords as readonly string[]).includes(keyword));
  const complaints = [
    ...foreign.map((keyword) =>
      unsupported.has(keyword)
        ? `the generator doesn't support the keyword '${keyword}'`
        : `Swagger 2.0 has no keyword '${keyword}'`,
    ),
    // A schema with a keyword such as anyOf lacks other keywords, so further complaints would be noise.
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
  if (known === undefined) return [`Swagger 2.0 has no type ${JSON.stringify(type)}`];
  const complaints: string[] = [];
  if (format !== undefined && !known.some((each) => each === format)) {
    complaints.push(`the type ${JSON.stringify(type)} can't have the format ${JSON.stringify(format)}`);
  }
  if (type === 'array' && items === undefined) complaints.push('the list has no schema for its items');
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
  if (values?.length === 0) complaints.push('the list of choices is empty');
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
