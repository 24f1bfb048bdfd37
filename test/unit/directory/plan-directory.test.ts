import { describe, expect, test } from 'vitest';

import { planDirectory } from '../../../src/directory/index.ts';
import type { DirectoryDocument } from '../../../src/directory/index.ts';
import { describeKept, describePlan } from '../../../src/cli/directory/describe.ts';
import { customerEntry, smsService } from '../../support/samples/directory.ts';

const [first, second] = [smsService('first', '16400'), smsService('second', '16401', ['Info'])];
const demo = customerEntry('demo', { services: [first, second], whatsappIdentities: ['358401000001'] });
const other = customerEntry('other');
const ann = { id: 'ann', name: 'Ann', customerIds: ['demo'] };
const bob = { id: 'bob', name: 'Bob', customerIds: ['other'] };
const stored: DirectoryDocument = { customers: [demo, other], users: [ann, bob] };

test('a document that matches the stored directory changes nothing, whatever the order of fields', () => {
  const { services, whatsappIdentities, ...rest } = demo;
  const { whatsappIdentities: _, ...bare } = other;
  const document = {
    customers: [bare, { whatsappIdentities: whatsappIdentities ?? [], services, ...rest }],
    users: [bob, ann],
  };
  for (const prune of [false, true]) {
    const plan = planDirectory(stored, document, { prune });
    expect({ ...plan, result: undefined }).toEqual({ customers: [], users: [], kept: [], result: undefined });
  }
});

test('everything in the document is added to an empty directory', () => {
  const plan = planDirectory({ customers: [], users: [] }, stored, { prune: true });
  expect(plan).toEqual({
    customers: [
      { kind: 'added', entry: demo },
      { kind: 'added', entry: other },
    ],
    users: [
      { kind: 'added', entry: ann },
      { kind: 'added', entry: bob },
    ],
    kept: [],
    result: stored,
  });
  expect(describePlan(plan)).toEqual(['+ customer demo', '+ customer other', '+ user ann', '+ user bob']);
});

describe('a change names what changes', () => {
  test.each<[string, Partial<typeof demo>, string]>([
    ['a name', { name: 'Demo two' }, 'name'],
    ['a field that is new', { callsPerMinute: 5 }, 'callsPerMinute'],
    ['fields together', { region: 'SE', timeZone: 'UTC' }, 'region, timeZone'],
    ['identities', { whatsappIdentities: [] }, 'whatsappIdentities'],
    ['a service', { services: [{ ...first, senders: ['Arena'], name: '1' }, second] }, 'service first (name, senders)'],
    ['a keyword', { services: [first, smsService('second', '16401', ['Ohje'])] }, 'service second (receivesOn)'],
    ['a new service', { services: [first, smsService('third', '16402'), second] }, 'service third (new)'],
    ['the order of services', { services: [second, first] }, 'order of services'],
  ])('%s', (_, details, fields) => {
    const changed = { ...demo, ...details };
    const plan = planDirectory(stored, { customers: [changed, other], users: [ann, bob] }, { prune: true });
    expect(describePlan(plan)).toEqual([`~ customer demo: ${fields}`]);
    expect(plan.customers.map(({ entry }) => entry)).toEqual([changed]);
    expect(plan.result.customers).toEqual([changed, other]);
  });

  test('a field that the document no longer has', () => {
    const limited = { customers: [customerEntry('demo', { callsPerMinute: 5 })], users: [] };
    const plan = planDirectory(limited, { customers: [customerEntry('demo')], users: [] }, { prune: false });
    expect(describePlan(plan)).toEqual(['~ customer demo: callsPerMinute']);
  });

  test('a field of a user', () => {
    const users = [{ ...ann, customerIds: ['demo', 'other'] }, bob];
    const plan = planDirectory(stored, { ...stored, users }, { prune: false });
    expect(describePlan(plan)).toEqual(['~ user ann: customerIds']);
    expect(plan.result.users).toEqual(users);
  });
});

describe('customers, services and users that the document does not name', () => {
  const document = { customers: [{ ...demo, name: 'New', services: [second] }], users: [ann] };

  test('stay without prune', () => {
    const plan = planDirectory(stored, document, { prune: false });
    expect(describePlan(plan)).toEqual(['~ customer demo: name, order of services']);
    expect(describeKept(plan)).toEqual([
      '  service first of customer demo is not in the file and stays; --prune removes it',
      '  customer other is not in the file and stays; --prune removes it',
      '  user bob is not in the file and stays; --prune removes it',
    ]);
    const merged = { ...demo, name: 'New', services: [second, first] };
    expect(plan.result).toEqual({ customers: [other, merged], users: [bob, ann] });
    const again = planDirectory(plan.result, document, { prune: false });
    expect([describePlan(again), again.kept]).toEqual([[], plan.kept]);
  });

  test('are removed with prune', () => {
    const plan = planDirectory(stored, document, { prune: true });
    expect(describePlan(plan)).toEqual([
      '~ customer demo: name, service first (removed)',
      '- customer other',
      '- user bob',
    ]);
    expect([plan.kept, plan.result]).toEqual([[], document]);
  });
});
