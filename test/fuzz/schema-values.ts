import * as fc from 'fast-check';

import type { JsonSchema } from '../../src/operation/schema.ts';
import type { GoodValues } from './good-values.ts';
import { anyAddress, anyDate, anyNumber, hostileText, hostileValue } from './hostile-values.ts';

/** How often a value is valid, nearly valid or hostile, as weights. */
export interface Mix {
  good: number;
  almost: number;
  hostile: number;
}

/** Generates values for a schema. Each place in it is mixed independently. */
export function valuesOf(schema: JsonSchema, name: string, mix: Mix, good: GoodValues): fc.Arbitrary<unknown> {
  return mixed(mix, {
    good: wholesOf(schema, name, mix, good),
    almost: almostOf(schema, name, good),
    hostile: hostileValue,
  });
}

/** Chooses one of three by weight. */
export function mixed<T>(
  mix: Mix,
  { good, almost, hostile }: { good: fc.Arbitrary<T>; almost: fc.Arbitrary<T>; hostile: fc.Arbitrary<T> },
): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: mix.good, arbitrary: good },
    { weight: mix.almost, arbitrary: almost },
    { weight: mix.hostile, arbitrary: hostile },
  );
}

function wholesOf(schema: JsonSchema, name: string, mix: Mix, good: GoodValues): fc.Arbitrary<unknown> {
  const known = good.get(name);
  if (mix.almost + mix.hostile === 0 && known !== undefined) return known;
  const { type, properties, items } = schema;
  if (type === 'object' && properties !== undefined) return objectsOf(schema, mix, good);
  if (type === 'array' && items !== undefined) {
    const whole = fc.array(valuesOf(items, name === 'Recipients' ? '' : `${name}[]`, mix, good), {
      minLength: Number(schema['minItems'] ?? 0),
      maxLength: 4,
    });
    return known === undefined ? whole : fc.oneof(known, whole);
  }
  return known ?? plainOf(schema);
}

function objectsOf({ properties = {}, required = [] }: JsonSchema, mix: Mix, good: GoodValues): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(
    Object.entries(properties).map(([name, inner]) => [name, valuesOf(inner, name, mix, good)]),
  );
  const whole = fc.record(fields, { requiredKeys: [...required] });
  if (mix.hostile + mix.almost === 0) return whole;
  const more = fc.dictionary(
    hostileText.filter((text) => text.length < 100),
    hostileValue,
    { maxKeys: 2 },
  );
  return fc.oneof(
    { weight: 12, arbitrary: whole },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    // Defines fields of any name; an assignment to `__proto__` would define none.
    {
      weight: 2,
      arbitrary: fc.tuple(whole, more).map((all) => Object.fromEntries(all.flatMap((one) => Object.entries(one)))),
    },
  );
}

function plainOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  const choices = schema['enum'] as readonly unknown[] | undefined;
  if (choices !== undefined) return fc.constantFrom(...choices);
  const defaultValue = schema['default'];
  if (typeof defaultValue === 'string') return fc.constant(defaultValue);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'integer') return fc.integer({ min: 0, max: 3_000 });
  if (schema.type === 'object')
    return fc.dictionary(fc.constantFrom('name', 'code', 'x'), fc.string({ maxLength: 10 }), { maxKeys: 3 });
  return fc.string({ minLength: 1, maxLength: Math.min(Number(schema['maxLength'] ?? 30), 30) });
}

/** Generates values of the right type, or nearly, that are mostly wrong. */
function almostOf(schema: JsonSchema, name: string, good: GoodValues): fc.Arbitrary<unknown> {
  const base = good.get(name) ?? plainOf(schema);
  const limit = Number(schema['maxLength'] ?? 100);
  if (schema.type !== 'string') {
    return fc.oneof(
      base.map((value) => JSON.stringify(value)),
      base.map((value) => [value]),
      base.map((value) => ({ value })),
      fc.constantFrom<unknown>(null, '', -1, 1.5, 2 ** 31, 'true', [null], [[]], { length: 3 }),
    );
  }
  const text = base.map(String);
  return fc.oneof(
    text.map((value) => ` ${value}\n`),
    text.map((value) => `${value}\0`),
    text.map((value) => `\u200f${value}\ufeff`),
    text.map((value) => value.toUpperCase()),
    text.map((value) => value.slice(0, -1)),
    text.map((value) => `${value}${value}`),
    text.map(Number),
    fc.constantFrom('x'.repeat(limit), 'x'.repeat(limit + 1), '💬'.repeat(limit), '', ' ', null),
    fc.oneof(anyAddress, anyDate, anyNumber),
    fc
      .oneof(...[...good.values()].slice(0, 20))
      .map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
  );
}
