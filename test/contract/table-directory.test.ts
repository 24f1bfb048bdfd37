import { TableClient } from '@azure/data-tables';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';

import { planDirectory } from '../../src/directory/index.ts';
import type { Directory, DirectoryDocument } from '../../src/directory/index.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { applyDirectory } from '../../src/cli/directory/apply-directory.ts';
import { readDirectoryText } from '../../src/cli/directory/read-directory-file.ts';
import { createTableDirectoryEditor } from '../../src/storage/tables/directory-editor.ts';
import { takeDirectoryLock } from '../../src/storage/tables/directory-lock.ts';
import { claimRow, lockKeys } from '../../src/storage/tables/directory-rows.ts';
import { createTableDirectory } from '../../src/storage/tables/directory.ts';
import { openTable } from '../../src/storage/tables/open-table.ts';
import { customerEntry, smsService } from '../support/samples/directory.ts';
import { writeDirectory } from '../support/tools/write-directory.ts';
import { startFaultyTables } from '../support/servers/faulty-tables.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';
import { after } from '../support/labs/kernel.ts';

const azurite = await startAzurite({});
const storage = await startStorageProxy(azurite.connectionString);
const faulty = await startFaultyTables(azurite);
afterAll(async () => {
  await faulty.stop();
  await storage.stop();
  await azurite.stop();
});

let now = after(0);
const clock = () => now;
const editor = createTableDirectoryEditor(azurite, { now: clock });
const client = TableClient.fromConnectionString(azurite.connectionString, 'directory', {
  allowInsecureConnection: true,
});
const rows = () => Array.fromAsync(client.listEntities());
/** Lists the claim rows, each as customer and claim. */
const claims = async () => (await editor.read()).claims.map(({ claim, customerId }) => `${customerId} ${claim}`).sort();
const rowWhere = async (name: string, value: string) => {
  const row = (await rows()).find((candidate) => candidate[name] === value);
  return { partitionKey: String(row?.partitionKey), rowKey: String(row?.rowKey), ...row };
};

const [main, extra] = [smsService('main', '16400'), smsService('extra', '16401')];
const demo = customerEntry('demo', { services: [main, extra], whatsappIdentities: ['358401000001'] });
const other = customerEntry('other', { services: [smsService('line', '17200')] });
const ann = { id: 'ann', name: 'Ann', customerIds: ['demo'] };
const both: DirectoryDocument = { customers: [demo, other], users: [ann] };

beforeEach(async () => {
  now = after(0);
  faulty.refuse(() => false);
  await writeDirectory(editor, both);
  storage.reset();
});
afterEach(async () => {
  await client.deleteTable().catch(() => undefined);
});

/** Opens a directory, as another process has its own, through the counting proxy. */
const open = (): Directory => createTableDirectory(storage, { now: clock });
const moved = {
  ...both,
  customers: [
    { ...demo, services: [extra], whatsappIdentities: [] },
    { ...other, services: [...other.services, main], whatsappIdentities: ['358401000001'] },
  ],
};
const owners = async (directory: Directory) => [
  await directory.identityOwner('358401000001'),
  (await directory.receivers('SMS', '16400')).map(({ customerId }) => customerId),
];

describe('reading the directory', () => {
  test('keys spread, are unique, and contain no id', async () => {
    const all = await rows();
    // Two customers, a user, three addresses, an identity and the lock.
    expect(all).toHaveLength(8);
    expect(new Set(all.map(({ rowKey }) => rowKey)).size).toBe(8);
    expect(new Set(all.map(({ partitionKey }) => partitionKey)).size).toBe(8);
    for (const { partitionKey } of all) expect(partitionKey).toMatch(/^[0-9a-f]{32}$/);
  });

  test('costs one operation per user, customer and address in a minute', async () => {
    const directory = open();
    const all = async () => {
      await directory.user('ann');
      await Promise.all([directory.customer('demo'), directory.services('demo')]);
      await directory.whatsappIdentities('demo');
      await directory.receivers('SMS', '16400');
      await directory.receivers('SMS', '16499');
    };
    await all();
    await all();
    expect(storage.directoryReads().map(({ path }) => /ann|demo|filter/.exec(path)?.[0])).toEqual([
      undefined,
      undefined,
      'filter',
      'filter',
    ]);
    now = after(60_000);
    await all();
    expect(storage.directoryReads()).toHaveLength(8);
    expect(storage.operations()).toEqual([]);
  });

  test('a change shows after a minute, not before', async () => {
    const directory = open();
    const seen = async () => [(await directory.customer('demo'))?.name, (await directory.user('ann'))?.name];
    expect(await seen()).toEqual(['Demo', 'Ann']);
    await writeDirectory(editor, { customers: [{ ...demo, name: 'New' }, other], users: [] });
    now = after(59_999);
    expect(await seen()).toEqual(['Demo', 'Ann']);
    now = after(60_000);
    expect(await seen()).toEqual(['New', undefined]);
  });

  test('a missing table is an empty directory, and reading does not create it', async () => {
    await client.deleteTable();
    const directory = open();
    expect([await directory.user('ann'), await directory.customer('demo'), await owners(directory)]).toEqual([
      undefined,
      undefined,
      [undefined, []],
    ]);
    expect([storage.operations(), storage.directoryReads().length > 0]).toEqual([[], true]);
  });

  test('while storage fails, what was read is used for ten minutes, and no longer', async () => {
    const directory = createTableDirectory(faulty, { now: clock });
    const all = () =>
      Promise.all([directory.user('ann'), directory.customer('demo'), directory.identityOwner('358401000001')]);
    expect(await all()).toEqual([ann, demo, 'demo']);
    faulty.refuse(() => true);
    now = after(599_999);
    expect(await all()).toEqual([ann, demo, 'demo']);
    await expect(directory.user('bob')).rejects.toMatchObject({ statusCode: 403 });
    now = after(600_000);
    await expect(directory.user('ann')).rejects.toMatchObject({ statusCode: 403 });
    faulty.refuse(() => false);
    expect(await all()).toEqual([ann, demo, 'demo']);
  });
});

describe('an address or identity that moves to another customer', () => {
  test('belongs to the new customer at once in a process that has read nothing yet', async () => {
    await writeDirectory(editor, moved);
    expect(await owners(open())).toEqual(['other', ['other']]);
  });

  test('always belongs to a customer, whatever a process has read before', async () => {
    for (const warm of [['demo'], ['other'], ['demo', 'other'], []]) {
      now = after(0);
      await writeDirectory(editor, both);
      const directory = open();
      for (const id of warm) await directory.customer(id);
      await owners(directory);
      await writeDirectory(editor, moved);
      now = after(30_000);
      // The cached claims are still used: the old owner may be found for a minute, but some owner is.
      expect([
        ['demo', ['demo']],
        ['other', ['other']],
      ]).toContainEqual(await owners(directory));
      now = after(60_000);
      expect(await owners(directory)).toEqual(['other', ['other']]);
    }
  });

  test('is read again if the process knows that the old owner has lost it', async () => {
    const directory = open();
    await directory.customer('demo');
    now = after(10_000);
    await owners(directory);
    await writeDirectory(editor, moved);
    now = after(60_000);
    await directory.customer('demo');
    now = after(69_999);
    expect(await owners(directory)).toEqual(['other', ['other']]);
  });

  test('belongs to the customer that got it last while both have it', async () => {
    // A claim row that an earlier broken-off run left must not make this customer's claim the older one.
    await client.createEntity(claimRow({ claim: 'identity 358401000001', customerId: 'other', since: after(-9_000) }));
    const stored = await editor.read();
    const plan = planDirectory(stored.document, moved, { prune: true });
    now = after(1_000);
    // The old owner's row was changed since it was read, so writing stops between the two customers.
    const onlyNew = { ...plan, customers: [...plan.customers.slice(1), ...plan.customers.slice(0, 1)] };
    await client.updateEntity({ ...(await rowWhere('entry0', JSON.stringify(demo))) }, 'Replace');
    expect(await editor.write(stored, onlyNew)).toEqual({
      outcome: 'conflict',
      written: ['customer other changed'],
      reason: 'somebody else wrote the row first (customer demo changed)',
    });
    expect(await open().identityOwner('358401000001')).toBe('other');
    expect((await open().receivers('SMS', '16400')).map(({ customerId }) => customerId)).toEqual(['other', 'demo']);
  });
});

test.each(['SMS 16400', 'identity 358401000001'])(
  'a claim row that leads %s to the wrong customer has no effect',
  async (claim) => {
    for (const customerId of ['other', 'gone']) {
      await client.createEntity(claimRow({ claim, customerId, since: after(9_000) }));
    }
    expect(await owners(open())).toEqual(['demo', ['demo']]);
    // The next run removes these rows, although it has nothing else to do.
    expect(await writeDirectory(editor, both)).toMatchObject({ result: { outcome: 'written', written: [] } });
    expect((await rows()).filter((row) => row['claim'] === claim).map((row) => row['customerId'])).toEqual(['demo']);
  },
);

describe('applying a document', () => {
  const fileOf = (document: DirectoryDocument) => readDirectoryText(JSON.stringify(document, undefined, 2), 'd.json');
  const apply = (document: DirectoryDocument, { prune = false, write = true } = {}) =>
    applyDirectory(editor, fileOf(document), { prune, write });
  const exported = async () => (await editor.read()).document;
  const done = 'Written. The app uses it within a minute.';

  test('changes and writes nothing if it is the exported one', async () => {
    const document = await exported();
    expect(document).toEqual(both);
    const before = await rows();
    expect(await apply(document, { prune: true })).toEqual({ outcome: 'done', lines: ['There is nothing to change.'] });
    expect(await rows()).toEqual(before);
  });

  test('writes only what differs, once', async () => {
    const unchanged = await rowWhere('entry0', JSON.stringify(other));
    const changed = { ...both, customers: [{ ...demo, name: 'New' }, other] };
    const lines = ['~ customer demo: name'];
    expect(await apply(changed, { write: false })).toEqual({
      outcome: 'done',
      lines: [...lines, 'Nothing is written yet. Add --yes to write it.'],
    });
    expect(await exported()).toEqual(both);
    expect(await apply(changed)).toEqual({ outcome: 'done', lines: [...lines, done] });
    expect(await exported()).toEqual(changed);
    expect(await rowWhere('entry0', JSON.stringify(other))).toEqual(unchanged);
    expect(await apply(changed)).toEqual({ outcome: 'done', lines: ['There is nothing to change.'] });
  });

  test('removes nothing without prune; with prune, it removes claim rows, too', async () => {
    const less = { customers: [{ ...demo, services: [main] }], users: [] };
    const kept = [
      '  service extra of customer demo is not in the file and stays; --prune removes it',
      '  customer other is not in the file and stays; --prune removes it',
      '  user ann is not in the file and stays; --prune removes it',
    ];
    expect(await apply(less)).toEqual({ outcome: 'done', lines: [...kept, 'There is nothing to change.'] });
    expect(await exported()).toEqual(both);
    expect(await apply(less, { prune: true })).toEqual({
      outcome: 'done',
      lines: ['~ customer demo: service extra (removed)', '- customer other', '- user ann', done],
    });
    expect(await exported()).toEqual(less);
    expect(await claims()).toEqual(['demo SMS 16400', 'demo identity 358401000001']);
  });

  test.each<[string, DirectoryDocument, string]>([
    [
      'an identity of a customer that stays',
      { customers: [customerEntry('third', { whatsappIdentities: ['040 1000001'] })], users: [] },
      'WhatsApp identity 358401000001 belongs to both demo and third',
    ],
    [
      'the address of a service that stays',
      { customers: [{ ...demo, services: [smsService('renamed', '16400')] }], users: [] },
      'renamed and main both claim everything on SMS 16400',
    ],
  ])('refuses %s, and writes nothing', async (_, document, problem) => {
    const { outcome, lines } = await apply(document);
    expect([outcome, lines[0]?.replace(/^d\.json:\d+: /, '')]).toEqual(['problems', problem]);
    expect(lines.at(-1)).toMatch(/is not in the file and stays; --prune removes it$/);
    expect(await exported()).toEqual(both);
    expect((await apply(document, { prune: true })).outcome).toBe('done');
  });

  test('does not open storage for a file with problems', async () => {
    const file = readDirectoryText('{}', 'd.json');
    const never = () => Promise.reject(new Error('storage was asked'));
    const closed = { ...editor, read: never };
    expect(await applyDirectory(closed, file, { prune: true, write: true })).toEqual({
      outcome: 'problems',
      lines: ['d.json:1: customers is not a list of objects', 'd.json:1: users is not a list of objects'],
    });
  });
});

describe('two operators at the same time', () => {
  const claiming = (id: string) => ({
    ...both,
    customers: [...both.customers, customerEntry(id, { services: [smsService(id, '18000')] })],
  });

  test('if both read before either writes, one of them writes', async () => {
    const [first, second] = [await editor.read(), await editor.read()];
    const results = await Promise.all(
      [[first, 'a'] as const, [second, 'b'] as const].map(([stored, id]) =>
        editor.write(stored, planDirectory(stored.document, claiming(id), { prune: false })),
      ),
    );
    const lost = { outcome: 'conflict', written: [], reason: 'somebody else wrote the directory in the meantime' };
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['conflict', 'written']);
    expect(results).toContainEqual(lost);
    expect((await editor.read()).document.customers).toHaveLength(3);
  });

  test('while one writes, the other is refused for five minutes; then the first counts as broken off', async () => {
    const lock = await rowWhere('kind', 'lock');
    await client.updateEntity({ ...lock, state: 'writing', at: now.toISOString() }, 'Replace');
    now = after(299_999);
    expect((await writeDirectory(editor, claiming('a'))).result).toEqual({
      outcome: 'conflict',
      written: [],
      reason: `somebody else has been writing the directory since ${after(0).toISOString()}`,
    });
    expect((await editor.read()).document).toEqual(both);
    now = after(300_000);
    expect((await writeDirectory(editor, claiming('a'))).result.outcome).toBe('written');
  });

  test('a lock is renewed while we hold it, and lost to whoever takes it over', async () => {
    const table = openTable(azurite, 'directory');
    const find = () => table.find(lockKeys.partitionKey, lockKeys.rowKey);
    const lock = await takeDirectoryLock(table, await find(), clock);
    if ('reason' in lock) throw new Error(lock.reason);
    const taken = await find();
    expect(taken).toMatchObject({ state: 'writing', at: after(0).toISOString() });
    now = after(59_999);
    expect([await lock.stillHolds(), (await find())?.etag]).toEqual([true, taken?.etag]);
    now = after(60_000);
    expect([await lock.stillHolds(), (await find())?.['at']]).toEqual([true, now.toISOString()]);

    now = after(600_000);
    const second = await takeDirectoryLock(table, await find(), clock);
    if ('reason' in second) throw new Error(second.reason);
    expect(await lock.stillHolds()).toBe(false);
    await lock.release();
    expect(await find()).toMatchObject({ state: 'writing', at: now.toISOString() });
    await second.release();
    expect(await find()).toMatchObject({ state: 'idle' });
  });

  test('a writer that loses the lock stops, and says what it has written', async () => {
    const stored = await editor.read();
    let looks = 0;
    // A minute passes with every read of the clock, so that the lock is renewed before every write.
    const slow = createTableDirectoryEditor(faulty, { now: () => after(60_000 * looks++) });
    let lockWrites = 0;
    faulty.refuse(async (method, path) => {
      if (method === 'PUT' && path.includes('.lock')) lockWrites += 1;
      // The lock was taken, renewed before an address and before a customer, and now before a user.
      if (lockWrites === 4) await client.updateEntity(await rowWhere('kind', 'lock'), 'Replace');
      return false;
    });
    const document = { ...claiming('a'), users: [ann, { ...ann, id: 'bob' }] };
    expect(await slow.write(stored, planDirectory(stored.document, document, { prune: false }))).toEqual({
      outcome: 'conflict',
      written: ['customer a added'],
      reason: 'somebody else took over the lock',
    });
    expect((await editor.read()).document.users).toEqual([ann]);
  });
});

test('a run that breaks off says what it has written, and the next run completes it', async () => {
  const stored = await editor.read();
  const users = [...both.users, { id: 'bob', name: 'Bob', customerIds: ['other'] }];
  const document = { customers: moved.customers, users };
  let entries = 0;
  faulty.refuse((method, path) => method === 'PUT' && path.includes('.customer') && ++entries === 2);
  const broken = createTableDirectoryEditor(faulty, { now: clock });
  now = after(1_000);
  const plan = planDirectory(stored.document, document, { prune: true });
  await expect(broken.write(stored, plan)).rejects.toThrow(
    /^Writing failed; written so far: customer demo changed\. Run it again\. \(/,
  );
  // The lock was released, so the next run need not wait.
  expect((await writeDirectory(editor, document)).result).toEqual({
    outcome: 'written',
    written: ['customer other changed', 'user bob added'],
  });
  expect((await editor.read()).document).toEqual(document);
  expect(await owners(open())).toEqual(['other', ['other']]);
  expect(await claims()).toEqual([
    'demo SMS 16401',
    'other SMS 16400',
    'other SMS 17200',
    'other identity 358401000001',
  ]);
});
