import { expect, test } from 'vitest';

import { createCallerThrottle } from '../../../src/policies/caller-throttle.ts';
import type { PermitResult } from '../../../src/policies/throttle.ts';
import { createMemoryDirectory } from '../../support/fakes/directory.ts';
import { testCaller, testCustomer } from '../../support/labs/kernel.ts';

const customer = (id: string, callsPerMinute?: number) => ({
  ...testCustomer,
  id,
  services: [],
  ...(callsPerMinute === undefined ? {} : { callsPerMinute }),
});
const user = (id: string, ...customerIds: string[]) => ({ id, name: id, customerIds });

const directory = createMemoryDirectory({
  customers: [customer('unlimited'), customer('small', 20), customer('large', 500)],
  users: [
    user('default-user', 'unlimited'),
    user('small-user', 'small'),
    user('large-user', 'small', 'large', 'unlimited'),
    user('mixed-user', 'small', 'unlimited'),
    user('former-user', 'gone', 'small'),
    user('idle-user'),
  ],
});

/** A throttle of callers on a throttle of connections that records its calls and always gives this result. */
function callerThrottle(result: PermitResult) {
  const requested: [connection: string, limit: number][] = [];
  const throttle = {
    async take(connection: string, limit: number) {
      requested.push([connection, limit]);
      return result;
    },
  };
  return { throttle: createCallerThrottle({ throttle, directory, limit: 100 }), requested };
}

test.each([
  ['default-user', 100],
  ['small-user', 20],
  ['large-user', 500],
  ['mixed-user', 100],
  ['former-user', 20],
  ['idle-user', 100],
  ['nobody', 100],
])('%s may make %i calls a minute', async (userId, limit) => {
  const caller = { ...testCaller, userId, connection: `of ${userId}` };
  const refusing = callerThrottle({ allowed: false, retryAfterSeconds: 7 });
  expect(await refusing.throttle.take(caller)).toEqual({ allowed: false, limit, retryAfterSeconds: 7 });
  expect(refusing.requested).toEqual([[`of ${userId}`, limit]]);
});

test('an allowed call stays allowed, and the result carries the failure of storage', async () => {
  const failure = new Error('no storage');
  for (const result of [{ allowed: true }, { allowed: true, failure }] as const)
    expect(await callerThrottle(result).throttle.take(testCaller)).toEqual(result);
});

test('while the directory can not be read, every connection has the default limit, and the result carries the failure', async () => {
  const failure = new Error('no storage');
  const broken = { ...directory, user: () => Promise.reject(failure) };
  const requested: number[] = [];
  const throttle = {
    async take(_: string, limit: number): Promise<PermitResult> {
      requested.push(limit);
      return { allowed: true };
    },
  };
  const caller = { ...testCaller, userId: 'large-user' };
  expect(await createCallerThrottle({ throttle, directory: broken, limit: 100 }).take(caller)).toEqual({
    allowed: true,
    failure,
  });
  expect(requested).toEqual([100]);
});
