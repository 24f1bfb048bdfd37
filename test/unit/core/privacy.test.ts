import { expect, test } from 'vitest';

import { markPersonal, omitPersonal, personalFields } from '../../../src/core/privacy.ts';
import type { PrivacyOf } from '../../../src/core/privacy.ts';

interface Order {
  id: string;
  state: 'open' | 'done';
  count: number;
  at: Date;
  isPaid: boolean;
  counts: readonly number[];
  note?: string;
  names: readonly string[];
  buyer?: { name: string; birthYear?: number };
  lines: readonly { article: string; wish?: string }[];
  byIndex: ReadonlyMap<number, { words: string }>;
  headers: Readonly<Record<string, string>>;
}

const orderPrivacy = {
  id: 'technical',
  state: 'technical',
  note: 'personal',
  names: ['personal'],
  buyer: { name: 'personal' },
  lines: [{ article: 'customer', wish: 'personal' }],
  byIndex: [{ words: 'kept: they are short' }],
  headers: ['personal'],
} as const satisfies PrivacyOf<Order>;

const order: Order = {
  id: '1',
  state: 'open',
  count: 2,
  at: new Date(0),
  isPaid: true,
  counts: [1, 2],
  note: 'for Aino',
  names: ['Aino', 'Eino'],
  buyer: { name: 'Aino', birthYear: 1990 },
  lines: [{ article: 'tea', wish: 'green' }, { article: 'jam' }],
  byIndex: new Map([[1, { words: 'a' }]]),
  headers: { from: 'Aino' },
};

test('markPersonal: replaces each personal text by a mark, and nothing else', () => {
  expect(markPersonal(order, orderPrivacy, 'x')).toEqual({
    ...order,
    note: 'x',
    names: ['x', 'x'],
    buyer: { name: 'x', birthYear: 1990 },
    lines: [{ article: 'tea', wish: 'x' }, { article: 'jam' }],
    headers: { from: 'x' },
  });
});

test('markPersonal: adds no absent field, and leaves its argument unchanged', () => {
  const { note: _, buyer: __, ...rest } = order;
  const marked = markPersonal(rest, orderPrivacy, 'x');
  expect([Object.keys(marked).sort(), order.names]).toEqual([Object.keys(rest).sort(), ['Aino', 'Eino']]);
});

test('markPersonal: replaces texts in maps', () => {
  const privacy = { byIndex: [{ words: 'personal' }] } as const;
  const marked = markPersonal({ byIndex: order.byIndex }, privacy, 'x');
  expect([...marked.byIndex]).toEqual([[1, { words: 'x' }]]);
});

test('omitPersonal: omits fields that hold anything personal, at any depth', () => {
  expect([...personalFields(orderPrivacy)].sort()).toEqual(['buyer', 'headers', 'lines', 'names', 'note']);
  const { id, state, count, at, isPaid, counts, byIndex } = order;
  expect(omitPersonal(order, orderPrivacy)).toEqual({ id, state, count, at, isPaid, counts, byIndex });
});

test('a declaration compiles only if it declares every text, and nothing else', () => {
  const { note: _, ...withoutNote } = orderPrivacy;
  const { state: __, ...withoutState } = orderPrivacy;
  // @ts-expect-error an optional text needs a declaration
  withoutNote satisfies PrivacyOf<Order>;
  // @ts-expect-error a text with a fixed list of values needs a declaration
  withoutState satisfies PrivacyOf<Order>;
  // @ts-expect-error a text in a list's items needs a declaration
  ({ ...orderPrivacy, lines: [{ article: 'customer' }] }) as const satisfies PrivacyOf<Order>;
  // @ts-expect-error one word for a whole object would also declare future fields
  ({ ...orderPrivacy, buyer: 'customer' }) as const satisfies PrivacyOf<Order>;
  // @ts-expect-error an unknown word is refused
  ({ ...orderPrivacy, note: 'public' }) as const satisfies PrivacyOf<Order>;
  // @ts-expect-error a removed field must not stay declared
  ({ ...orderPrivacy, gone: 'personal' }) as const satisfies PrivacyOf<Order>;
  expect(orderPrivacy).toHaveProperty('note');
});
