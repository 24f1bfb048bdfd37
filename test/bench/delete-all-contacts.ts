/*
 * Measures how long the contacts of a group take to vanish, whatever their number: `npm run bench:contacts`. Two groups
 * are in the same table of an Azurite in its own process. Both are deleted and read in turn. Between the rounds, they
 * are restored by making their first generation the current one again.
 */
import { TableClient } from '@azure/data-tables';

import type { Contact, Group } from '../../src/contacts/index.ts';
import { createCleanUpQueue } from '../../src/storage/queues/clean-up-queue.ts';
import { contactRow, groupKey } from '../../src/storage/tables/contact-rows.ts';
import { createTableContactStore } from '../../src/storage/tables/contact-store.ts';
import { startStorageProxy } from '../support/servers/storage-proxy.ts';
import { startAzuriteProcess } from './azurite-process.ts';
import { median } from './measure.ts';

const sizes = [100, 100_000];
const rounds = 25;
const firstGeneration = '0'.repeat(24);

interface Lap {
  operations: number;
  /** Milliseconds for the same reads before the deletion: Azurite scans the whole table. */
  readBefore: number;
  /** Milliseconds until the request to delete is done. */
  deleted: number;
  /** Milliseconds of reads after the request, until all have found no contact. */
  vanished: number;
}

const groupOf = (size: number): Group => ({ customerId: 'bench', serviceId: `group of ${size}` });
const numberOf = (index: number): string => String(358_400_000_000 + index);
const contactOf = (phone: string): Contact => ({
  id: phone,
  phone,
  active: true,
  createdAt: new Date(0),
  firstName: 'Aino',
  customContactProperties: [],
});

function openTable(connectionString: string, name: string): TableClient {
  return TableClient.fromConnectionString(connectionString, name, { allowInsecureConnection: true });
}

/** Writes a group's contacts as the store would, in as few transactions as possible. */
async function fill(connectionString: string, size: number): Promise<void> {
  const client = openTable(connectionString, 'contacts');
  const place = { group: groupKey(groupOf(size)), generation: firstGeneration };
  const rows = Array.from({ length: size }, (_, index) => {
    const number = numberOf(index);
    return contactRow({ ...place, number }, contactOf(number));
  });
  const lots = [...Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()].flatMap((own) =>
    Array.from({ length: Math.ceil(own.length / 100) }, (_, index) => own.slice(index * 100, index * 100 + 100)),
  );
  const write = async (): Promise<void> => {
    for (let lot = lots.pop(); lot !== undefined; lot = lots.pop()) {
      await client.submitTransaction(lot.map((row) => ['create', row]));
    }
  };
  await Promise.all(Array.from({ length: 8 }, write));
}

const azurite = await startAzuriteProcess();
const storage = await startStorageProxy(azurite.connectionString);
try {
  const contacts = createTableContactStore(storage, () => new Date());
  const cleanUps = createCleanUpQueue(storage);

  // The first use creates the tables and the queue, which must not be measured.
  await contacts.create({ customerId: 'bench', serviceId: 'first' }, contactOf(numberOf(0)));
  await cleanUps.enqueue({ customerId: 'bench', serviceId: 'first' });
  for (const size of sizes) {
    const begun = performance.now();
    await fill(azurite.connectionString, size);
    console.log(`filled a group with ${size} contacts in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  }

  /** Reads ten contacts from all over a group; resolves to how many exist. */
  const look = async (size: number): Promise<number> => {
    const places = Array.from({ length: 10 }, (_, index) => Math.floor((index * (size - 1)) / 9));
    const found = await Promise.all(places.map((place) => contacts.read(groupOf(size), numberOf(place))));
    return found.filter((contact) => contact !== undefined).length;
  };

  const lap = async (size: number): Promise<Lap> => {
    const looked = performance.now();
    if ((await look(size)) !== 10) throw new Error('the contacts are not there');
    const readBefore = performance.now() - looked;
    storage.reset();
    const begun = performance.now();
    await contacts.deleteAll(groupOf(size));
    await cleanUps.enqueue(groupOf(size));
    const deleted = performance.now() - begun;
    const operations = storage.operations().length;
    if ((await look(size)) !== 0) throw new Error('the contacts did not vanish');
    const vanished = performance.now() - begun;
    const key = groupKey(groupOf(size));
    await openTable(azurite.connectionString, 'groups').upsertEntity(
      { partitionKey: key, rowKey: key, generation: firstGeneration },
      'Replace',
    );
    return { operations, readBefore, deleted, vanished };
  };

  for (const size of sizes) await lap(size);
  const laps = new Map<number, Lap[]>(sizes.map((size) => [size, []]));
  for (let round = 0; round < rounds; round++) {
    for (const size of round % 2 === 0 ? sizes : sizes.toReversed()) laps.get(size)?.push(await lap(size));
  }

  const results = sizes.map((size) => {
    const own = laps.get(size) ?? [];
    return {
      contacts: size,
      operations: median(own.map(({ operations }) => operations)),
      'ten reads before (ms, median)': Number(median(own.map(({ readBefore }) => readBefore)).toFixed(1)),
      'deleted (ms, median)': Number(median(own.map(({ deleted }) => deleted)).toFixed(1)),
      'vanished from reads (ms, median)': Number(median(own.map(({ vanished }) => vanished)).toFixed(1)),
    };
  });
  console.table(results);
  const ratio = (column: 'deleted (ms, median)' | 'vanished from reads (ms, median)'): string =>
    ((results.at(-1)?.[column] ?? 0) / (results[0]?.[column] ?? 1)).toFixed(2);
  console.log(
    `${sizes.at(-1)} to ${sizes[0]} contacts: deleted in ${ratio('deleted (ms, median)')} times the time, vanished in ${ratio('vanished from reads (ms, median)')} times`,
  );
} finally {
  await storage.stop();
  await azurite.stop();
}
