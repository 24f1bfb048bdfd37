/** A constraint of a route parameter, such as `int` in `{id:int}`. */
export interface RouteConstraint {
  accepts: (value: string) => boolean;
  /** A value that the constraint accepts, if one is easy to find; serves to detect routes that overlap. */
  sample: string | undefined;
}

/** A kind of constraint: how many numbers it takes in brackets, and the constraint that they make. */
interface ConstraintKind {
  count: readonly number[];
  create: (numbers: readonly number[]) => RouteConstraint;
}

const plain = (accepts: (value: string) => boolean, sample: string): ConstraintKind => ({
  count: [0],
  create: () => ({ accepts, sample }),
});

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)\s*$/;
const guid = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

function integerIn(value: string, from: bigint, to: bigint): boolean {
  if (!/^\s*[+-]?\d+\s*$/.test(value)) return false;
  const number = BigInt(value.trim().replace(/^\+/, ''));
  return number >= from && number <= to;
}

function lengthIn(from: number, to: number): RouteConstraint {
  return { accepts: (value) => value.length >= from && value.length <= to, sample: 'x'.repeat(Math.max(1, from)) };
}

function numberIn(from: number, to: number): RouteConstraint {
  return {
    accepts: (value) => integerIn(value, -(2n ** 63n), 2n ** 63n - 1n) && Number(value) >= from && Number(value) <= to,
    sample: String(Number.isFinite(from) ? from : to),
  };
}

// The constraints of ASP.NET Core routing that depend on the value alone. Left out are regex and datetime, whose syntax
// is .NET's, and required, because every parameter is required anyway.
const kinds: Readonly<Record<string, ConstraintKind>> = {
  alpha: plain((value) => /^[a-z]*$/i.test(value), 'a'),
  bool: plain((value) => /^\s*(?:true|false)\s*$/i.test(value), 'true'),
  decimal: plain((value) => decimal.test(value), '1'),
  double: plain((value) => decimal.test(value), '1'),
  float: plain((value) => decimal.test(value), '1'),
  guid: plain((value) => guid.test(value), '00000000-0000-0000-0000-000000000000'),
  int: plain((value) => integerIn(value, -(2n ** 31n), 2n ** 31n - 1n), '1'),
  long: plain((value) => integerIn(value, -(2n ** 63n), 2n ** 63n - 1n), '1'),
  length: { count: [1, 2], create: ([from = 0, to = from]) => lengthIn(from, to) },
  minlength: { count: [1], create: ([from = 0]) => lengthIn(from, Infinity) },
  maxlength: { count: [1], create: ([to = 0]) => lengthIn(0, to) },
  min: { count: [1], create: ([from = 0]) => numberIn(from, Infinity) },
  max: { count: [1], create: ([to = 0]) => numberIn(-Infinity, to) },
  range: { count: [2], create: ([from = 0, to = from]) => numberIn(from, to) },
};

/**
 * Reads one constraint of a route parameter, for example `int` or `length(2,4)`; names are case-insensitive.
 *
 * @throws if ASP.NET Core or this host doesn't know the constraint
 */
export function parseRouteConstraint(text: string): RouteConstraint {
  const [, name = '', inBrackets] = /^([a-z]+)(?:\(([^()]*)\))?$/i.exec(text) ?? [];
  const kind = kinds[name.toLowerCase()];
  if (kind === undefined) {
    throw new Error(`the constraint "${text}" is not one of ${Object.keys(kinds).join(', ')}`);
  }
  const numbers =
    inBrackets === undefined ? [] : inBrackets.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (!kind.count.includes(numbers.length) || !numbers.every((number) => Number.isSafeInteger(number))) {
    throw new Error(
      `the constraint "${text}" needs ${kind.count.join(' or ')} ${kind.count.join() === '1' ? 'whole number' : 'whole numbers'} in brackets`,
    );
  }
  return kind.create(numbers);
}
