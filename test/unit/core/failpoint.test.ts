import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { crashPointNames, parseCrashOrder, passing, watchCrashPoints } from '../../../src/core/failpoint.ts';

afterEach(() => watchCrashPoints(undefined));

test('every crash point is passed in one place of the app, and no other is', () => {
  const root = join(import.meta.dirname, '../../..');
  const passed = globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bpassing\('([\w.]+)'\)/g)].map(([, name = '']) => name),
  );
  expect(passed.sort()).toEqual([...crashPointNames].sort());
});

test('passing a point tells who watches, and nobody else', () => {
  const seen: string[] = [];
  passing('send.claimed');
  watchCrashPoints((point) => seen.push(point));
  passing('send.claimed');
  watchCrashPoints(undefined);
  passing('send.claimed');
  expect(seen).toEqual(['send.claimed']);
});

describe('an order to end', () => {
  test.each([
    ['send.claimed', { point: 'send.claimed', passing: 1 }],
    ['send.claimed:3', { point: 'send.claimed', passing: 3 }],
  ])('%s is read', (text, order) => {
    expect(parseCrashOrder(text)).toEqual(order);
  });

  test.each([
    '',
    'send',
    'send.claimed:',
    'send.claimed:0',
    'send.claimed:x',
    'send.claimed:1:2',
    'toString',
    ' send.claimed',
  ])('%j is none', (text) => {
    expect(parseCrashOrder(text)).toBeUndefined();
  });
});
