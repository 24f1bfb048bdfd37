import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import type { Azurite } from '../../src/local/azurite.ts';
import { createApi, sendTo } from '../support/hosts/api.ts';
import type { Api, InboxMessage, SentBody } from '../support/hosts/api.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';
import { randomTroubles, startTroubledStorage } from '../support/servers/troubled-storage.ts';
import type { TroubledStorage } from '../support/servers/troubled-storage.ts';

let azurite: Azurite;
let storage: TroubledStorage;
let host: LocalHost;
let api: Api;
beforeAll(async () => {
  azurite = await startAzurite();
  storage = await startTroubledStorage(azurite.connectionString);
  host = await spawnLocalHost({
    args: ['--port', '0', '--memory'],
    environment: { AzureWebJobsStorage: storage.connectionString },
  });
  api = await createApi(host);
}, 60_000);
afterAll(async () => {
  await host.stop();
  await storage.stop();
  await azurite.stop();
});

const sends = 200;

/** Sends like a platform, which retries after 429 and 5xx only; resolves to the final answer. */
async function send(index: number, statuses: Map<number, number>): Promise<{ address: string; messageId: string }> {
  // The last digits of a number decide the outcome.
  const address = `35840${100 + index}0001`;
  const ids = new Set<string>();
  for (;;) {
    const { status, headers, body } = await api.post(sendTo([address], { RequestId: `trouble-${index}` }));
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === 200) {
      ids.add((body as SentBody).MessageId);
      const [messageId = ''] = ids;
      return { address, messageId };
    }
    if (status !== 429 && status < 500) throw new Error(`${status} ${JSON.stringify(body)}`);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    // A platform would wait longer.
    await sleep(100);
  }
}

async function eachOf<Item, Result>(
  atOnce: number,
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let entry = left.shift(); entry !== undefined; entry = left.shift()) results[entry[0]] = await work(entry[1]);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results;
}

test('a caller who retries until a send is accepted has sent it once, whatever storage does', async () => {
  const seed = Number(process.env['TROUBLE_SEED'] ?? 20_261_124);
  storage.trouble(
    randomTroubles({
      seed,
      rates: { busy: 60, broken: 50, throttled: 50, late: 12, lost: 90, answerLost: 100 },
      maxLate: 4,
      // A failed worker is retried only after a minute or two, which is too long for a test.
      lasting: ({ path, method }) => !/\/messages\(/.test(path) || method === 'POST',
    }),
  );
  const statuses = new Map<number, number>();
  const accepted = await eachOf(
    64,
    Array.from({ length: sends }, (_, index) => index),
    (index) => send(index, statuses),
  );
  storage.calm();

  // Faults of storage are never reported as faults of the caller or of the app.
  expect(new Set(statuses.keys())).toEqual(new Set([200, 503]));
  expect(statuses.get(200)).toBe(sends);
  expect([...storage.counts().keys()].sort()).toEqual(['answerLost', 'broken', 'busy', 'late', 'lost', 'throttled']);
  expect(new Set(accepted.map(({ messageId }) => messageId)).size).toBe(sends);

  await eachOf(8, accepted, ({ messageId }) => api.waitForStatus(messageId, 'delivered'));
  const inboxes = await fetch(`${host.rootUrl}/simulator/messages`);
  const received = (await inboxes.json()) as InboxMessage[];
  const phones = (messages: readonly { address: string; messageId: string }[]): string[] =>
    messages.map(({ address, messageId }) => `${address} ${messageId}`).sort();
  expect(phones(received)).toEqual(phones(accepted));
}, 90_000);
