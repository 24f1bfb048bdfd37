import { isObject } from '../core/json.ts';

/** The fields of a JSON object. */
export type Fields = Readonly<Record<string, unknown>>;

/** Returns a value if it is an object; otherwise an object without fields. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** Returns the objects in a list; an empty list if the value is not a list. */
export function objectsOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** Returns a value if it is a text and not empty; otherwise undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
