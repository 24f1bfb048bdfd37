import { TableClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { ErrorBody } from '../../src/operation/errors.ts';
import { createApi, sendTo, tokenOf } from '../support/hosts/api.ts';
import type { ApiAnswer, SentBody } from '../support/hosts/api.ts';
import { createContactsApi } from '../support/hosts/contacts-api.ts';
import type { ContactsApi } from '../support/hosts/contacts-api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';

let local: CountedHost;
let contacts: ContactsApi;
beforeAll(async () => {
  local = await startCountedHost();
  contacts = createContactsApi(local.api);
});
afterAll(() => local.stop());

let phone = '';
let nextNumber = 0;
beforeEach(() => {
  nextNumber += 1;
  phone = `3584012${String(nextNumber).padStart(5, '0')}`;
});

const full = {
  email: 'aino@example.fi',
  firstName: 'Aino 😀',
  lastName: 'Öhman',
  gender: 'Female',
  birthYear: 1980,
  streetAddress: 'Katu 1 A/2',
  zipCode: '00100',
  city: 'Hyvinkää',
  countryCode: 'FIN',
  customContactProperties: [
    { name: 'size', value: '38' },
    { name: 'empty', value: '' },
  ],
};
const bare = { customContactProperties: [], failedMessages: 0 };
const { customContactProperties: _, ...plainFields } = full;

const summary = ({ status, body }: ApiAnswer): unknown[] => {
  const { error } = (body ?? {}) as Partial<ErrorBody>;
  return error === undefined ? [status, body] : [status, error.code, error.target];
};

// Runs first: once contacts are deleted, the clean-up worker's operations would be counted as well.
describe('storage operations', () => {
  const count = async (act: () => Promise<ApiAnswer>): Promise<[status: number, operations: number]> => {
    local.storage.reset();
    const { status } = await act();
    // Omits the host's own polling and creation of queues.
    const own = local.storage.operations().filter(({ service, method }) => service === 'table' || method === 'POST');
    return [status, own.length];
  };

  test('stay within their budgets', async () => {
    const largest = Array.from({ length: 100 }, (_, index) => ({ name: `n${index}`, value: 'x'.repeat(1_000) }));
    await contacts.create({ phone: '358401239998' });
    expect(await count(() => contacts.create({ ...full, phone, customContactProperties: largest }))).toEqual([200, 2]);
    expect(await count(() => contacts.create({ phone }))).toEqual([409, 2]);
    expect(await count(() => contacts.get(phone))).toEqual([200, 2]);
    expect(await count(() => contacts.get('358401239999'))).toEqual([404, 2]);
    expect(await count(() => contacts.update(phone, { ...full, customContactProperties: largest }))).toEqual([200, 2]);
    expect(await count(() => contacts.update('358401239999', full))).toEqual([404, 2]);
    expect(await count(() => contacts.delete(phone))).toEqual([200, 2]);
    expect(await count(() => contacts.delete(phone))).toEqual([404, 2]);
  });

  test('of deleting all are one write and one queue message', async () => {
    // The first call creates the table of generations.
    await contacts.deleteAll();
    await Promise.all(
      Array.from({ length: 30 }, (_, index) => contacts.create({ phone: 358_405_000_000 + index + '' })),
    );
    local.storage.reset();
    expect((await contacts.deleteAll()).status).toBe(200);
    // The clean-up worker's own operations, which come between, are other methods: it lists, deletes and takes its message.
    const writes = local.storage.operations().filter(({ method }) => method === 'PUT' || method === 'POST');
    expect(
      writes.filter(({ path }) => !path.endsWith('$batch')).map(({ service, method }) => [service, method]),
    ).toEqual([
      ['table', 'PUT'],
      ['queue', 'POST'],
    ]);
  });
});

describe('a contact', () => {
  test('is created, and shown with all fields except active', async () => {
    const created = await contacts.create({ ...full, active: false, phone });
    expect(summary(created)).toEqual([200, expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)]);
    expect(created.headers.get('content-type')).toMatch(/^application\/json/);
    expect(summary(await contacts.get(phone))).toEqual([200, { phone, ...full, failedMessages: 0 }]);
  });

  test('without details has none in the answer, and null, empty and unknown fields count as absent', async () => {
    const nothing = Object.fromEntries(Object.keys(full).map((name, index) => [name, index % 2 === 0 ? null : '']));
    await contacts.create({ ...nothing, active: null, phoneNumberRegions: null, phone, Colour: 'green', id: 'x' });
    expect(summary(await contacts.get(phone))).toEqual([200, { phone, ...bare }]);
  });

  test('is the same for every spelling of its number', async () => {
    const national = `0${phone.slice(3)}`;
    expect((await contacts.create({ phone: `+358 ${phone.slice(3)}` })).status).toBe(200);
    for (const written of [phone, national, `00${phone}`, `(0${phone.slice(3, 5)}) ${phone.slice(5)}`]) {
      expect(summary(await contacts.create({ phone: written }))).toEqual([409, 'ContactExists', 'phone']);
    }
    expect(summary(await contacts.create({ phone: national, phoneNumberRegions: ['fi'] }))).toEqual([
      409,
      'ContactExists',
      'phone',
    ]);
    const abroad = await contacts.create({ phone: national, phoneNumberRegions: ['SE', 'FI'] });
    expect(abroad.status).toBe(200);
    expect(summary(await contacts.get(`46${phone.slice(3)}`))).toEqual([
      200,
      { phone: `46${phone.slice(3)}`, ...bare },
    ]);
  });

  test('is found by every spelling of its number in a path', async () => {
    const own = phone.slice(3);
    const spellings = [
      phone,
      `+${phone}`,
      `%2B${phone}`,
      `00${phone}`,
      `0${own}`,
      own,
      `%2B358%20${own.slice(0, 2)}%20${own.slice(2)}`,
      `0${own.slice(0, 2)}%2F${own.slice(2)}`,
      `0${own.slice(0, 2)}%2f${own.slice(2)}`,
      `%20${phone}%20`,
      `(0${own.slice(0, 2)})-${own.slice(2)}`,
    ];
    for (const [index, spelling] of spellings.entries()) {
      await contacts.create({ phone });
      const city = `City ${index}`;
      expect([spelling, ...summary(await contacts.update(spelling, { city }))]).toEqual([spelling, 200, true]);
      expect([spelling, ...summary(await contacts.get(spelling))]).toEqual([spelling, 200, { phone, city, ...bare }]);
      expect([spelling, ...summary(await contacts.delete(spelling))]).toEqual([spelling, 200, true]);
      expect(summary(await contacts.get(phone))).toEqual([404, 'ContactNotFound', 'Phone']);
    }
  });

  test('of another country is found by its national number if the region is given', async () => {
    const [written, british] = ['07400123456', '447400123456'];
    await contacts.create({ phone: british });
    expect(summary(await contacts.get(`${written}?Region=GB`))).toEqual([200, { phone: british, ...bare }]);
    expect(summary(await contacts.get(`${written}?Region=gb`))).toEqual([200, { phone: british, ...bare }]);
    expect(summary(await contacts.get(`${british}?Region=`))).toEqual([200, { phone: british, ...bare }]);
    expect(summary(await contacts.get(written))).toEqual([400, 'InvalidPhoneNumber', 'Phone']);
    expect(summary(await contacts.update(written, { phoneNumberRegions: ['FI', 'gb'], city: 'Bath' }))).toEqual([
      200,
      true,
    ]);
    expect(summary(await contacts.get(british))).toEqual([200, { phone: british, city: 'Bath', ...bare }]);
  });

  test('that does not exist is not found', async () => {
    const notFound = [404, 'ContactNotFound', 'Phone'];
    expect(summary(await contacts.get(phone))).toEqual(notFound);
    expect(summary(await contacts.update(phone, { city: 'Oulu' }))).toEqual(notFound);
    expect(summary(await contacts.delete(phone))).toEqual(notFound);
    await contacts.create({ phone });
    await contacts.delete(phone);
    expect(summary(await contacts.delete(phone))).toEqual(notFound);
  });

  test('belongs to one customer only', async () => {
    const other = createContactsApi(
      await createApi(local.host, await tokenOf(local.host, 'other-user')),
      'other/other-group',
    );
    await contacts.create({ phone, city: 'Oulu' });
    expect(summary(await other.get(phone))).toEqual([404, 'ContactNotFound', 'Phone']);
    expect((await other.create({ phone })).status).toBe(200);
    expect(summary(await other.deleteAll())).toEqual([200, true]);
    expect(summary(await other.get(phone))).toEqual([404, 'ContactNotFound', 'Phone']);
    expect(summary(await contacts.get(phone))).toEqual([200, { phone, city: 'Oulu', ...bare }]);
  });
});

test('failed messages show with the contact, each recipient once', async () => {
  const undelivered = '358407770002';
  await contacts.create({ phone: undelivered });
  const sent = (await local.api.post(sendTo([undelivered, undelivered]))).body as SentBody;
  await local.api.waitForStatus(sent.MessageId, 'undelivered');
  await eventually(async () =>
    expect(summary(await contacts.get(undelivered))).toEqual([200, { phone: undelivered, ...bare, failedMessages: 2 }]),
  );
});

describe('an update', () => {
  test('changes only the fields that it names', async () => {
    await contacts.create({ ...full, phone });
    expect(summary(await contacts.update(phone, { city: 'Oulu', birthYear: 1981 }))).toEqual([200, true]);
    const nothing = Object.fromEntries(Object.keys(plainFields).map((name, index) => [name, index % 2 ? null : '']));
    for (const body of [{}, nothing, { active: false }, { phone: '358401239999', customContactProperties: null }]) {
      expect(summary(await contacts.update(phone, body))).toEqual([200, true]);
    }
    const changed = { phone, ...full, city: 'Oulu', birthYear: 1981, failedMessages: 0 };
    expect(summary(await contacts.get(phone))).toEqual([200, changed]);
  });

  test('clears the fields in fieldsToClear', async () => {
    await contacts.create({ ...full, phone });
    await contacts.update(phone, { fieldsToClear: ['email', 'gender', 'birthYear'], city: 'Oulu' });
    const { email: _, gender: __, birthYear: ___, ...rest } = full;
    expect(summary(await contacts.get(phone))).toEqual([200, { phone, ...rest, city: 'Oulu', failedMessages: 0 }]);
    await contacts.update(phone, { fieldsToClear: Object.keys(full) });
    expect(summary(await contacts.get(phone))).toEqual([200, { phone, ...bare }]);
  });

  test('replaces custom properties, and removes them with an empty list', async () => {
    await contacts.create({ ...full, phone });
    const few = [{ name: 'colour', value: 'green' }];
    await contacts.update(phone, { customContactProperties: few });
    expect(summary(await contacts.get(phone))).toEqual([
      200,
      { phone, ...full, customContactProperties: few, failedMessages: 0 },
    ]);
    await contacts.update(phone, { customContactProperties: [] });
    expect(summary(await contacts.get(phone))).toEqual([200, { phone, ...plainFields, ...bare }]);
  });

  test('is not lost among simultaneous updates of other fields', async () => {
    await contacts.create({ phone });
    const updates = Object.entries(full).map(([name, value]) => ({ [name]: value }));
    const answers = await Promise.all([...updates, ...updates].map((update) => contacts.update(phone, update)));
    expect(answers.map(summary)).toEqual(answers.map(() => [200, true]));
    expect(summary(await contacts.get(phone))).toEqual([200, { phone, ...full, failedMessages: 0 }]);
  });
});

describe('deleting all', () => {
  const rows = async (): Promise<number> => {
    const client = TableClient.fromConnectionString(local.storage.connectionString, 'contacts', {
      allowInsecureConnection: true,
    });
    let count = 0;
    for await (const _row of client.listEntities()) count += 1;
    return count;
  };
  const put = async (queue: string, text: string): Promise<void> => {
    const client = new QueueClient(local.storage.connectionString, queue);
    await client.createIfNotExists();
    await client.sendMessage(Buffer.from(text).toString('base64'));
  };

  test('removes every contact at once, keeps contacts created later, and cleans up storage afterwards', async () => {
    const numbers = Array.from({ length: 50 }, (_, index) => String(358_406_000_000 + index));
    await Promise.all(numbers.map((each) => contacts.create({ phone: each })));
    expect(summary(await contacts.deleteAll())).toEqual([200, true]);
    const answers = await Promise.all(numbers.map((each) => contacts.get(each)));
    expect(answers.map(({ status }) => status)).toEqual(numbers.map(() => 404));
    const fresh = await Promise.all(numbers.slice(0, 20).map((each) => contacts.create({ phone: each })));
    expect(fresh.map(({ status }) => status)).toEqual(fresh.map(() => 200));
    await eventually(async () => expect(await rows()).toBe(20));
    const kept = await Promise.all(numbers.slice(0, 20).map((each) => contacts.get(each)));
    expect(kept.map(({ status }) => status)).toEqual(kept.map(() => 200));

    expect(summary(await contacts.deleteAll())).toEqual([200, true]);
    expect(summary(await contacts.deleteAll())).toEqual([200, true]);
    await eventually(async () => expect(await rows()).toBe(0));
  });

  test('logs that the clean-up failed too often', async () => {
    await put('contact-cleanup-poison', JSON.stringify({ customerId: 'demo', serviceId: 'demo-group' }));
    await eventually(() =>
      expect(local.host.output()).toMatch(
        /error GiveUpContactCleanUp: .*"customerId":"demo","serviceId":"demo-group","result":"givenUp"/,
      ),
    );
    await put('contact-cleanup-poison', 'not json');
    await eventually(() => expect(local.host.output()).toMatch(/error GiveUpContactCleanUp: .*"result":"notAJob"/));
  });
});
