import { describe, expect, test } from 'vitest';

import { createAccess } from '../../../src/auth/create-access.ts';
import type { Directory } from '../../../src/directory/index.ts';
import type { Caller, ServiceDemand } from '../../../src/operation/access.ts';
import { apiError, problem } from '../../../src/operation/errors.ts';
import { createMemoryDirectory } from '../../support/fakes/directory.ts';
import { testCaller, testCustomer, testService } from '../../support/labs/kernel.ts';

const replies = { ...testService, id: 'demo-reply', allowsReplies: true };
const twoWay = { ...testService, id: 'demo-twoway', type: 'TwoWay' as const };
const foreign = { ...testService, id: 'other-oneway' };

const nobody = { authorization: null, apiKey: null };

const directory = createMemoryDirectory({
  customers: [
    { ...testCustomer, services: [testService, replies, twoWay] },
    { ...testCustomer, id: 'other', name: 'Other', services: [foreign] },
  ],
  users: [
    { id: 'demo-user', name: 'Demo user', customerIds: ['demo', 'gone'] },
    { id: 'idle-user', name: 'Idle user', customerIds: [] },
  ],
});

/** Makes the access check of an authenticated caller; records the reads of the directory. */
function accessFor(caller: Caller = testCaller) {
  const reads: string[] = [];
  const noting: Directory = {
    ...directory,
    user: (id) => (reads.push(`user ${id}`), directory.user(id)),
    customer: (id) => (reads.push(`customer ${id}`), directory.customer(id)),
    services: (id) => (reads.push(`services ${id}`), directory.services(id)),
  };
  return { access: createAccess(async () => caller, noting), reads };
}

/** Returns the problems of a refusal. */
const refused = (...problems: ReturnType<typeof problem>[]) => expect.objectContaining({ problems }) as Error;

describe('a caller', () => {
  test('is the user that the token or key names, if the directory knows it', async () => {
    expect(await accessFor().access.authenticate(nobody)).toBe(testCaller);
    const stranger = accessFor({ ...testCaller, userId: 'stranger' }).access;
    await expect(stranger.authenticate(nobody)).rejects.toEqual(refused(problem('UserNotAllowed')));
  });

  test('is looked up only after its token or key was checked', async () => {
    const access = createAccess(async () => {
      throw apiError('Unauthenticated', { reason: 'it is a test' });
    }, {} as Directory);
    await expect(access.authenticate(nobody)).rejects.toMatchObject({ code: 'Unauthenticated' });
  });
});

describe('a customer', () => {
  test('is found if the user is assigned to it', async () => {
    const { access } = accessFor();
    expect(await access.customer(testCaller, { id: 'demo', parameter: 'Customer-Id' })).toMatchObject(testCustomer);
  });

  test('that is foreign, unknown, removed or misspelt gets the same answer, and is not read', async () => {
    for (const id of ['other', 'nobody', 'gone', 'DEMO', 'demo ', '', '__proto__', 'constructor']) {
      const { access, reads } = accessFor();
      await expect(access.customer(testCaller, { id, parameter: 'Customer' })).rejects.toEqual(
        refused(problem('CustomerNotAssigned', { target: 'Customer' })),
      );
      expect([id, reads]).toEqual([id, id === 'gone' ? ['user demo-user', 'customer gone'] : ['user demo-user']]);
    }
    const idle = { ...testCaller, userId: 'idle-user' };
    await expect(accessFor(idle).access.customer(idle, { id: 'demo', parameter: 'Customer' })).rejects.toEqual(
      refused(problem('CustomerNotAssigned', { target: 'Customer' })),
    );
  });
});

describe('a service', () => {
  const find = (id: string, demand: ServiceDemand = { type: 'OneWay' }) =>
    accessFor().access.service(testCustomer, { id, parameter: 'Service-Id' }, demand);

  test('is found if it belongs to the customer and has the required type', async () => {
    expect(await find('demo-oneway')).toEqual(testService);
    expect(await find('demo-reply')).toEqual(replies);
    expect(await find('demo-reply', { type: 'OneWay', replies: true })).toEqual(replies);
    expect(await find('demo-twoway', { type: 'TwoWay' })).toEqual(twoWay);
  });

  test('that is foreign or unknown gets the same answer', async () => {
    for (const id of ['other-oneway', 'nothing', 'DEMO-ONEWAY', '']) {
      await expect(find(id)).rejects.toEqual(refused(problem('ServiceNotFound', { target: 'Service-Id' })));
    }
  });

  test('of another type, or without required replies, is refused with what it is and what is expected', async () => {
    const target = 'Service-Id';
    await expect(find('demo-twoway')).rejects.toEqual(
      refused(problem('WrongServiceType', { target, actual: 'TwoWay', expected: 'OneWay' })),
    );
    await expect(find('demo-oneway', { type: 'OneWay', replies: true })).rejects.toEqual(
      refused(
        problem('WrongServiceType', { target, actual: 'OneWay without replies', expected: 'OneWay with replies' }),
      ),
    );
  });
});
