import { Cron } from 'croner';

import { count } from '../../core/plural.ts';

/** The schedule of a timer. */
export interface Schedule {
  text: string;
  /** Returns the first run after a moment, to the second; undefined if there is none. */
  next: (after: Date) => Date | undefined;
}

interface Field {
  name: string;
  from: number;
  to: number;
  /** Names for numbers, beginning with the number `from`. */
  names: readonly string[];
}

const months = 'january february march april may june july august september october november december'.split(' ');
const days = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ');

const fields: readonly Field[] = [
  { name: 'second', from: 0, to: 59, names: [] },
  { name: 'minute', from: 0, to: 59, names: [] },
  { name: 'hour', from: 0, to: 23, names: [] },
  { name: 'day', from: 1, to: 31, names: [] },
  { name: 'month', from: 1, to: 12, names: months },
  { name: 'day of the week', from: 0, to: 6, names: days },
];

/**
 * Reads an NCRONTAB expression, `{second} {minute} {hour} {day} {month} {day of the week}` in UTC, with the syntax of
 * Azure's timers: `*`, numbers, ranges, steps (`a/n` means from `a` on), lists, English names or their first three
 * letters. Day and day of the week must both match. croner gets the expression as plain lists, because croner's own
 * syntax is wider (`7`, `L`, `?`, five fields).
 *
 * @throws an error whose message says what is wrong
 */
export function parseNcrontab(text: string): Schedule {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== fields.length) {
    throw new Error(
      `The schedule "${text}" has ${count(parts.length, 'field')} instead of 6: {second} {minute} {hour} {day} {month} {day of the week}.`,
    );
  }
  const lists = fields.map((field, index) => {
    try {
      return parseField(field, parts[index] ?? '');
    } catch (error) {
      throw new Error(`The schedule "${text}" is wrong in its ${field.name}: ${(error as Error).message}.`, {
        cause: error,
      });
    }
  });
  const cron = new Cron(lists.join(' '), { domAndDow: true, mode: '6-part', timezone: 'UTC', paused: true });
  return { text, next: (after) => cron.nextRun(after) ?? undefined };
}

function parseField(field: Field, text: string): string {
  const values = text.split(',').flatMap((part) => parsePart(field, part));
  const sorted = [...new Set(values)].sort((a, b) => a - b);
  return sorted.length === field.to - field.from + 1 ? '*' : sorted.join(',');
}

function parsePart(field: Field, text: string): number[] {
  const [, base = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(text) ?? [];
  if (base === '') throw new Error(`"${text}" is not a value, a range or a step`);
  const every = Number(step ?? 1);
  if (every < 1) throw new Error(`"${text}" has a step of 0`);
  const [first, last] = parseRange(field, base, step !== undefined);
  const values: number[] = [];
  for (let value = first; value <= last; value += every) values.push(value);
  return values;
}

function parseRange(field: Field, base: string, stepped: boolean): [first: number, last: number] {
  if (base === '*') return [field.from, field.to];
  const [left = '', right] = base.split('-', 2);
  const first = parseValue(field, left);
  if (right === undefined) return [first, stepped ? field.to : first];
  const last = parseValue(field, right);
  if (first > last) throw new Error(`"${base}" ends before it begins`);
  return [first, last];
}

function parseValue(field: Field, text: string): number {
  const lower = text.toLowerCase();
  const named = field.names.findIndex((name) => name === lower || name.slice(0, 3) === lower);
  const value = named === -1 ? Number(/^\d{1,2}$/.test(text) ? text : NaN) : named + field.from;
  if (!(value >= field.from && value <= field.to)) {
    throw new Error(`"${text}" is not between ${field.from} and ${field.to}`);
  }
  return value;
}
