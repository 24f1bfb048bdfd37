import type { JsonSchema } from '../../operation/schema.ts';

/** A field of a body or an answer. */
export interface Field {
  /** The path to the field, as `Recipients[].Address`; empty if the whole body is one value. */
  path: string;
  schema: JsonSchema;
  required: boolean;
}

/** Lists the fields of a schema in its order; a list or an object comes before its content. */
export function listFields(schema: JsonSchema): Field[] {
  return schema.type === 'object' ? inside(schema, '') : fieldsAt(schema, '', true);
}

function fieldsAt(schema: JsonSchema, path: string, required: boolean): Field[] {
  return [{ path, schema, required }, ...inside(schema, path)];
}

function inside({ items, properties = {}, required = [] }: JsonSchema, path: string): Field[] {
  const joint = path === '' ? '' : `${path}.`;
  return [
    ...(items === undefined ? [] : insideItems(items, `${path}[]`)),
    ...Object.entries(properties).flatMap(([name, inner]) =>
      fieldsAt(inner, `${joint}${name}`, required.includes(name)),
    ),
  ];
}

/**
 * Lists the fields of a list's items. Items with a label are a field themselves; objects without one only hold fields.
 */
function insideItems(items: JsonSchema, path: string): Field[] {
  return items['title'] === undefined ? inside(items, path) : fieldsAt(items, path, true);
}
