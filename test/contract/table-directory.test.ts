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
import { after } from '../support/labs/inbound.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';

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
/** Which customers may be found by what. */
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

/** A directory as another process has its own, through the counting proxy. */
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

describe('reading', () => {
  test('keys spread and are unique, and show no id', async () => {
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

  test('a change shows within a minute, not before', async () => {
    const directory = open();
    const seen = async () => [(await directory.customer('demo'))?.name, (await directory.user('ann'))?.name];
    expect(await seen()).toEqual(['Demo', 'Ann']);
    await writeDirectory(editor, { customers: [{ ...demo, name: 'New' }, other], users: [] });
    now = after(59_999);
    expect(await seen()).toEqual(['Demo', 'Ann']);
    now = after(60_000);
    expect(await seen()).toEqual(['New', undefined]);
  });

  test('without a table there is nobody, and none is made', async () => {
    await client.deleteTable();
    const directory = open();
    expect([await directory.user('ann'), await directory.customer('demo'), await owners(directory)]).toEqual([
      undefined,
      undefined,
      [undefined, []],
    ]);
    expect([storage.operations(), storage.directoryReads().length > 0]).toEqual([[], true]);
  });

  test('what was read serves for ten minutes while storage fails, and not a moment more', async () => {
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
  test('is the new one’s at once for who has read nothing yet', async () => {
    await writeDirectory(editor, moved);
    expect(await owners(open())).toEqual(['other', ['other']]);
  });

  test('is never nobody’s, whatever was read before', async () => {
    for (const warm of [['demo'], ['other'], ['demo', 'other'], []]) {
      now = after(0);
      await writeDirectory(editor, both);
      const directory = open();
      for (const id of warm) await directory.customer(id);
      await owners(directory);
      await writeDirectory(editor, moved);
      now = after(30_000);
      // What was read of addresses is still good: the old owner may stand for a minute, but somebody does.
      expect([
        ['demo', ['demo']],
        ['other', ['other']],
      ]).toContainEqual(await owners(directory));
      now = after(60_000);
      expect(await owners(directory)).toEqual(['other', ['other']]);
    }
  });

  test('is looked up anew where the old owner is known to have lost it', async () => {
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

  test('belongs to whom it came to last while both have it', async () => {
    // What a run left behind that broke off before is no reason to think that it came earlier.
    await client.createEntity(claimRow({ claim: 'identity 358401000001', customerId: 'other', since: after(-9_000) }));
    const stored = await editor.read();
    const plan = planDirectory(stored.document, moved, { prune: true });
    now = after(1_000);
    // The old owner's row is not as it was read, so writing ends between the two.
    const onlyNew = { ...plan, customers: [...plan.customers.slice(1), ...plan.customers.slice(0, 1)] };
    await client.updateEntity({ ...(await rowWhere('entry0', JSON.stringify(demo))) }, 'Replace');
    expect(await editor.write(stored, onlyNew)).toEqual({
      outcome: 'conflict',
      written: ['customer other changed'],
      reason: 'customer demo changed is not as it was read',
    });
    expect(await open().identityOwner('358401000001')).toBe('other');
    expect((await open().receivers('SMS', '16400')).map(({ customerId }) => customerId)).toEqual(['other', 'demo']);
  });
});

test.each(['SMS 16400', 'identity 358401000001'])(
  'a row that leads %s to the wrong customer misleads nobody',
  async (claim) => {
    for (const customerId of ['other', 'gone']) {
      await client.createEntity(claimRow({ claim, customerId, since: after(9_000) }));
    }
    expect(await owners(open())).toEqual(['demo', ['demo']]);
    // The next run takes them away, though nothing else is to be done.
    expect(await writeDirectory(editor, both)).toMatchObject({ result: { outcome: 'written', written: [] } });
    expect((await rows()).filter((row) => row['claim'] === claim).map((row) => row['customerId'])).toEqual(['demo']);
  },
);

describe('applying', () => {
  const fileOf = (document: DirectoryDocument) => readDirectoryText(JSON.stringify(document, undefined, 2), 'd.json');
  const apply = (document: DirectoryDocument, { prune = false, write = true } = {}) =>
    applyDirectory(editor, fileOf(document), { prune, write });
  const exported = async () => (await editor.read()).document;
  const done = 'Written. The app uses it within a minute.';

  test('what was exported changes nothing, and nothing is written', async () => {
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

  test('removes nothing without prune, and with it also the rows by address', async () => {
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
      'WhatsApp identity 358401000001 belongs to demo and third',
    ],
    [
      'what a service that stays receives',
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

  test('does not open storage for a file with faults', async () => {
    const file = readDirectoryText('{}', 'd.json');
    const never = () => Promise.reject(new Error('storage was asked'));
    const closed = { ...editor, read: never };
    expect(await applyDirectory(closed, file, { prune: true, write: true })).toEqual({
      outcome: 'problems',
      lines: ['d.json:1: customers is no list of objects', 'd.json:1: users is no list of objects'],
    });
  });
});

describe('two operators at once', () => {
  const claiming = (id: string) => ({
    ...both,
    customers: [...both.customers, customerEntry(id, { services: [smsService(id, '18000')] })],
  });

  test('of two who read the same, one writes', async () => {
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

  test('who comes while another writes waits five minutes, then takes it as broken off', async () => {
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

  test('a lock is prolonged while it is ours, and lost to who took it over', async () => {
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

  test('who loses the lock stops, and says what was written', async () => {
    const stored = await editor.read();
    let looks = 0;
    // A minute passes with every look at the clock, so that the lock is prolonged before every write.
    const slow = createTableDirectoryEditor(faulty, { now: () => after(60_000 * looks++) });
    let lockWrites = 0;
    faulty.refuse(async (method, path) => {
      if (method === 'PUT' && path.includes('.lock')) lockWrites += 1;
      // Taken, then prolonged before an address, before a customer, and now before a user.
      if (lockWrites === 4) await client.updateEntity(await rowWhere('kind', 'lock'), 'Replace');
      return false;
    });
    const document = { ...claiming('a'), users: [ann, { ...ann, id: 'bob' }] };
    expect(await slow.write(stored, planDirectory(stored.document, document, { prune: false }))).toEqual({
      outcome: 'conflict',
      written: ['customer a added'],
      reason: 'somebody else took over the writing',
    });
    expect((await editor.read()).document.users).toEqual([ann]);
  });
});

test('a run that broke off says how far it came, and the next one ends it', async () => {
  const stored = await editor.read();
  const users = [...both.users, { id: 'bob', name: 'Bob', customerIds: ['other'] }];
  const document = { customers: moved.customers, users };
  let entries = 0;
  faulty.refuse((method, path) => method === 'PUT' && path.includes('.customer') && ++entries === 2);
  const broken = createTableDirectoryEditor(faulty, { now: clock });
  now = after(1_000);
  const plan = planDirectory(stored.document, document, { prune: true });
  await expect(broken.write(stored, plan)).rejects.toThrow(
    /^Writing broke off; written so far: customer demo changed\. Run it again\. \(/,
  );
  // The lock was given back, so nobody has to wait.
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
