import { randomUUID } from 'node:crypto';

import { describe, expect, test } from 'vitest';

import type { Contact, ContactChanges, ContactStore, Group } from '../../src/contacts/index.ts';

const createdAt = new Date('2026-11-23T10:00:00.000Z');
const later = new Date('2026-11-23T10:00:05.123Z');

/** Makes a group that no other test has. */
function newGroup(details: Partial<Group> = {}): Group {
  return { customerId: 'demo', serviceId: randomUUID(), ...details };
}

function contact(phone: string, details: Partial<Contact> = {}): Contact {
  return { id: randomUUID(), phone, active: true, customContactProperties: [], createdAt, ...details };
}

const full: Omit<Contact, 'id' | 'phone'> = {
  active: false,
  email: 'äiti@example.fi',
  firstName: 'Aino \'A\' "quoted" 😀',
  lastName: 'Öhman\nJr',
  gender: 'Other',
  birthYear: 1980,
  streetAddress: 'Katu 1 A/2 #3?',
  zipCode: '00100',
  city: 'Hyvinkää',
  countryCode: 'FIN',
  customContactProperties: [
    { name: 'shoe size', value: '38' },
    { name: '__proto__', value: '' },
    { name: 'note', value: 'a\tb\nc "d" \\ 😀' },
  ],
  createdAt,
};

let nextRecipient = 0;

/** Makes a failed message that no other test has. */
function failure(number: string, details: { recipientId?: string; at?: Date } = {}) {
  nextRecipient += 1;
  const recipientId = `${'ab'.repeat(16)}-${String(nextRecipient).padStart(5, '0')}`;
  return { number, recipientId, at: later, ...details };
}

const numbers = (count: number, prefix = '35840'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(7, '0')}`);

/** Cleans a group up to the end. Resolves to the number of removed rows. */
async function cleanUp(store: ContactStore, group: Group): Promise<number> {
  let removed = 0;
  let from: string | undefined;
  do {
    const step = await store.cleanUp(group, from);
    removed += step.removed;
    from = step.next;
  } while (from !== undefined);
  return removed;
}

/** Tests what every contact store must do. */
export function contactStoreContract(name: string, open: () => ContactStore): void {
  describe(`contact store: ${name}`, () => {
    const store = open();
    const failedMessages = async (group: Group, number: string): Promise<number | undefined> =>
      (await store.read(group, number))?.failedMessages;

    test('reads a contact as it was created', async () => {
      const group = newGroup();
      const known = { ...full, id: randomUUID(), phone: '358401230001' };
      const bare = contact('358401230002');
      expect(await store.create(group, known)).toBe('created');
      expect(await store.create(group, bare)).toBe('created');
      expect(await store.read(group, known.phone)).toEqual({ contact: known, failedMessages: 0 });
      expect(await store.read(group, bare.phone)).toEqual({ contact: bare, failedMessages: 0 });
    });

    test('a missing contact is undefined when it is read, and absent when it is changed', async () => {
      const group = newGroup();
      await store.create(group, contact('35840123000'));
      for (const number of ['358401230001', '3584012300', '5840123000']) {
        expect(await store.read(group, number)).toBeUndefined();
        expect(await store.update(group, number, { active: false })).toBe('absent');
        expect(await store.delete(group, number)).toBe('absent');
      }
    });

    test('does not change a contact that exists', async () => {
      const group = newGroup();
      const first = contact('358401230001', { firstName: 'Aino' });
      await store.create(group, first);
      expect(await store.create(group, contact(first.phone, { firstName: 'Eino' }))).toBe('exists');
      expect(await store.read(group, first.phone)).toEqual({ contact: first, failedMessages: 0 });
    });

    test('one of many simultaneous creations wins', async () => {
      const group = newGroup();
      const contacts = Array.from({ length: 20 }, () => contact('358401230001'));
      const outcomes = await Promise.all(contacts.map((each) => store.create(group, each)));
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      const winner = contacts[outcomes.indexOf('created')];
      expect(await store.read(group, '358401230001')).toEqual({ contact: winner, failedMessages: 0 });
    });

    test('groups share nothing, even if their ids joined are the same text', async () => {
      const group = newGroup({ serviceId: `a/b\\c#d?e'ä😀${randomUUID()}` });
      const others = [
        { ...group, customerId: 'other' },
        { ...group, serviceId: `${group.serviceId}x` },
        { customerId: `${group.customerId}${group.serviceId[0]}`, serviceId: group.serviceId.slice(1) },
      ];
      const own = contact('358401230001');
      await store.create(group, own);
      for (const other of others) {
        expect(await store.read(other, own.phone)).toBeUndefined();
        expect(await store.delete(other, own.phone)).toBe('absent');
        await store.deleteAll(other);
        expect(await cleanUp(store, other)).toBe(0);
      }
      expect(await store.read(group, own.phone)).toEqual({ contact: own, failedMessages: 0 });
    });

    describe('an update', () => {
      const changes: [string, ContactChanges, Partial<Contact>][] = [
        ['nothing', {}, {}],
        ['a flag', { active: true }, { active: true }],
        ['a text', { email: 'b@example.com' }, { email: 'b@example.com' }],
        ['a year', { birthYear: 2001 }, { birthYear: 2001 }],
        [
          'custom properties',
          { customContactProperties: [{ name: 'x', value: 'y' }] },
          {
            customContactProperties: [{ name: 'x', value: 'y' }],
          },
        ],
        ['custom properties to none', { customContactProperties: [] }, { customContactProperties: [] }],
      ];
      test.each(changes)('changes %s and nothing else', async (_, change, expected) => {
        const group = newGroup();
        const before = { ...full, id: randomUUID(), phone: '358401230001' };
        await store.create(group, before);
        expect(await store.update(group, before.phone, change)).toBe('updated');
        const after = { ...before, ...expected };
        expect(await store.read(group, before.phone)).toEqual({ contact: after, failedMessages: 0 });
      });

      test('can remove fields', async () => {
        const group = newGroup();
        const before = { ...full, id: randomUUID(), phone: '358401230001' };
        await store.create(group, before);
        await store.update(group, before.phone, { email: null, gender: null, birthYear: null, countryCode: null });
        const { email: _, gender: __, birthYear: ___, countryCode: ____, ...rest } = before;
        expect(await store.read(group, before.phone)).toEqual({ contact: rest, failedMessages: 0 });
      });

      test('is not lost among simultaneous updates of other fields', async () => {
        const group = newGroup();
        const before = contact('358401230001', { birthYear: 1950 });
        await store.create(group, before);
        const { createdAt: _, ...fields } = full;
        const all: ContactChanges[] = Object.entries(fields).map(([field, value]) => ({ [field]: value }));
        const rounds = Array.from({ length: 5 }, () => all).flat();
        const outcomes = await Promise.all(rounds.map((change) => store.update(group, before.phone, change)));
        expect(outcomes).toEqual(rounds.map(() => 'updated'));
        expect(await store.read(group, before.phone)).toEqual({ contact: { ...before, ...fields }, failedMessages: 0 });
      });

      test('can shorten custom properties, fill them to the maximum again, and remove them', async () => {
        const group = newGroup();
        const before = contact('358401230001');
        await store.create(group, before);
        // ASCII only: Azurite reads a large write in pieces, and breaks characters that are split between two.
        const max = Array.from({ length: 100 }, (_, index) => ({
          name: String(index).padEnd(100, '"'),
          value: '"'.repeat(1_000),
        }));
        for (const customContactProperties of [max, max.slice(0, 2), max, []]) {
          await store.update(group, before.phone, { customContactProperties });
          const after = { ...before, customContactProperties };
          expect(await store.read(group, before.phone)).toEqual({ contact: after, failedMessages: 0 });
        }
      });
    });

    test('deletes a contact; one that is created again is a new contact', async () => {
      const group = newGroup();
      const neighbour = contact('358401230002');
      await store.create(group, { ...full, id: randomUUID(), phone: '358401230001' });
      await store.create(group, neighbour);
      expect(await store.delete(group, '358401230001')).toBe('deleted');
      expect(await store.delete(group, '358401230001')).toBe('absent');
      expect(await store.read(group, '358401230001')).toBeUndefined();
      const again = contact('358401230001');
      expect(await store.create(group, again)).toBe('created');
      expect(await store.read(group, again.phone)).toEqual({ contact: again, failedMessages: 0 });
      expect(await store.read(group, neighbour.phone)).toEqual({ contact: neighbour, failedMessages: 0 });
    });

    describe('failed messages', () => {
      test('are counted once each, and only for their number', async () => {
        const group = newGroup();
        await store.create(group, contact('358401230001'));
        await store.create(group, contact('358401230002'));
        const first = failure('358401230001');
        expect(await store.recordFailure(group, first)).toBe('counted');
        expect(await store.recordFailure(group, first)).toBe('known');
        expect(await store.recordFailure(group, failure('358401230001'))).toBe('counted');
        expect(await failedMessages(group, '358401230001')).toBe(2);
        expect(await failedMessages(group, '358401230002')).toBe(0);
      });

      test('of one recipient count once, even if recorded many times at once', async () => {
        const group = newGroup();
        await store.create(group, contact('358401230001'));
        const one = failure('358401230001');
        const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.recordFailure(group, one)));
        expect(outcomes.filter((outcome) => outcome === 'counted')).toHaveLength(1);
        expect(await failedMessages(group, '358401230001')).toBe(1);
      });

      test('to numbers without a contact leave nothing', async () => {
        const group = newGroup();
        expect(await store.recordFailure(group, failure('358401230001'))).toBe('noContact');
        await store.create(group, contact('358401230001'));
        expect(await failedMessages(group, '358401230001')).toBe(0);
        expect(await store.recordFailure(group, failure('35840123000'))).toBe('noContact');
        await store.deleteAll(group);
        expect(await cleanUp(store, group)).toBe(1);
      });

      test('change nothing else of a contact, and remain after an update', async () => {
        const group = newGroup();
        const known = { ...full, id: randomUUID(), phone: '358401230001' };
        await store.create(group, known);
        await store.recordFailure(group, failure(known.phone));
        await store.update(group, known.phone, { active: true });
        expect(await store.read(group, known.phone)).toEqual({
          contact: { ...known, active: true },
          failedMessages: 1,
        });
      });

      test('from before a contact was created do not count for it', async () => {
        const group = newGroup();
        const first = failure('358401230001');
        await store.create(group, contact('358401230001'));
        await store.recordFailure(group, first);
        await store.delete(group, '358401230001');
        expect(await store.read(group, '358401230001')).toBeUndefined();
        expect(await store.recordFailure(group, failure('358401230001'))).toBe('noContact');

        await store.create(group, contact('358401230001', { createdAt: new Date(later.getTime() + 1) }));
        expect(await failedMessages(group, '358401230001')).toBe(0);
        await store.recordFailure(group, failure('358401230001', { at: new Date(later.getTime() + 1) }));
        expect(await failedMessages(group, '358401230001')).toBe(1);
      });

      test('of contacts that Delete All deleted do not count, nor do later ones', async () => {
        const group = newGroup();
        await store.create(group, contact('358401230001'));
        await store.recordFailure(group, failure('358401230001'));
        await store.deleteAll(group);
        await store.recordFailure(group, failure('358401230001'));
        expect(await store.read(group, '358401230001')).toBeUndefined();
        await store.create(group, contact('358401230001'));
        expect(await failedMessages(group, '358401230001')).toBe(0);
        expect(await store.recordFailure(group, failure('358401230001'))).toBe('counted');
        expect(await failedMessages(group, '358401230001')).toBe(1);
      });
    });

    describe('Delete All', () => {
      test('leaves no contact, in an empty group too, and new ones can be created at once', async () => {
        const group = newGroup();
        await store.deleteAll(group);
        const old = numbers(30).map((phone) => contact(phone));
        await Promise.all(old.map((each) => store.create(group, each)));
        await store.deleteAll(group);
        for (const { phone } of old) expect(await store.read(group, phone)).toBeUndefined();
        expect(await store.update(group, numbers(1)[0]!, { active: false })).toBe('absent');
        expect(await store.delete(group, numbers(1)[0]!)).toBe('absent');
        const fresh = contact(numbers(1)[0]!);
        expect(await store.create(group, fresh)).toBe('created');
        expect(await store.read(group, fresh.phone)).toEqual({ contact: fresh, failedMessages: 0 });
      });

      test('leaves rows that a clean-up removes, and no others; a second clean-up finds nothing', async () => {
        const [group, other] = [newGroup(), newGroup()];
        const own = contact('358401230001');
        await store.create(other, own);
        for (let round = 0; round < 2; round++) {
          await Promise.all(numbers(40).map((phone) => store.create(group, contact(phone))));
          await store.recordFailure(group, failure(numbers(1)[0]!));
          await store.deleteAll(group);
        }
        const kept = contact(numbers(1)[0]!);
        await store.create(group, kept);
        expect(await cleanUp(store, group)).toBe(82);
        expect(await cleanUp(store, group)).toBe(0);
        expect(await store.read(group, kept.phone)).toEqual({ contact: kept, failedMessages: 0 });
        expect(await store.read(other, own.phone)).toEqual({ contact: own, failedMessages: 0 });
      });

      test('keeps all contacts that are created while two workers clean up', async () => {
        const group = newGroup();
        await Promise.all(numbers(150).map((phone) => store.create(group, contact(phone))));
        await store.deleteAll(group);
        const fresh = numbers(60).map((phone) => contact(phone));
        await Promise.all([
          cleanUp(store, group),
          cleanUp(store, group),
          ...fresh.map(async (each) => expect(await store.create(group, each)).toBe('created')),
        ]);
        const found = await Promise.all(fresh.map(({ phone }) => store.read(group, phone)));
        expect(found).toEqual(fresh.map((each) => ({ contact: each, failedMessages: 0 })));
        expect(await cleanUp(store, group)).toBe(0);
      });
    });
  });
}
