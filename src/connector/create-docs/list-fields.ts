import type { JsonSchema } from '../../operation/schema.ts';

/** A field of a body or an answer. */
export interface Field {
  /** Where it stands: `Recipients[].Address`; empty where the whole body is one value. */
  path: string;
  schema: JsonSchema;
  required: boolean;
}

/** The fields of a schema in its order, a list or an object before what is in it. */
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

/** Items that have a label are a field of their own; objects without one only hold fields. */
function insideItems(items: JsonSchema, path: string): Field[] {
  return items['title'] === undefined ? inside(items, path) : fieldsAt(items, path, true);
}
