/**
 * Copies data as structuredClone does, several times as fast: labs copy rows and jobs by the hundred thousand. Plain
 * objects, lists and dates are copied here, whatever else there is by structuredClone.
 */
export function deepCopy<Value>(value: Value): Value {
  return copy(value) as Value;
}

function copy(value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') return structuredClone(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Date.prototype) return new Date(value as Date);
  if (prototype !== Object.prototype) return structuredClone(value);
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(value)) fields[name] = copy((value as Record<string, unknown>)[name]);
  return fields;
}
