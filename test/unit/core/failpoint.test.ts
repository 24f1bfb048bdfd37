import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import { failpointNames, parseFailpoint, failpoint, watchFailpoints } from '../../../src/core/failpoint.ts';

afterEach(() => watchFailpoints(undefined));

test('each failpoint is in exactly one place of src, and src has no unknown one', () => {
  const root = join(import.meta.dirname, '../../..');
  const passed = globSync('src/**/*.ts', { cwd: root }).flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/\bfailpoint\('([\w.]+)'\)/g)].map(([, name = '']) => name),
  );
  expect(passed.sort()).toEqual([...failpointNames].sort());
});

test('a failpoint calls the watcher, or does nothing', () => {
  const seen: string[] = [];
  failpoint('send.claimed');
  watchFailpoints((point) => seen.push(point));
  failpoint('send.claimed');
  watchFailpoints(undefined);
  failpoint('send.claimed');
  expect(seen).toEqual(['send.claimed']);
});

describe('parseFailpoint', () => {
  test.each([
    ['send.claimed', { name: 'send.claimed', hit: 1 }],
    ['send.claimed:3', { name: 'send.claimed', hit: 3 }],
  ])('reads %s', (text, order) => {
    expect(parseFailpoint(text)).toEqual(order);
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
  ])('refuses %j', (text) => {
    expect(parseFailpoint(text)).toBeUndefined();
  });
});
