import { afterAll, beforeAll, expect, test } from 'vitest';

import { startSimulatedCarrier } from '../../src/carriers/simulated/server.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { accountOf } from '../../src/messages/stored-form.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createApi, sendTo } from '../support/hosts/api.ts';
import type { Api, SentBody } from '../support/hosts/api.ts';
import { eventually } from '../support/tools/eventually.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';

/*
 * Three hosts on one storage account and one carrier, which share the work; a second storage account holds half of the
 * messages.
 */
const secrets = { apiKey: 'key', webhookSecret: 'secret' };
const [own, second] = [await startAzurite({}), await startAzurite({})];
const carrier = await startSimulatedCarrier({ port: 0, ...secrets });
const hosts = await Promise.all(
  [1, 2, 3].map(() =>
    spawnLocalHost({
      environment: {
        AzureWebJobsStorage: own.connectionString,
        MESSAGE_STORAGE_1: second.connectionString,
        SIMULATED_CARRIER_URL: carrier.url,
        SIMULATED_CARRIER_KEY: secrets.apiKey,
        SIMULATED_CARRIER_SECRET: secrets.webhookSecret,
      },
    }),
  ),
);
let apis: Api[];
beforeAll(async () => {
  apis = await Promise.all(hosts.map((host) => createApi(host)));
});
afterAll(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await carrier.stop();
  await Promise.all([own.stop(), second.stop()]);
});

/** How many repeats; REPEATS sets more for a longer run. */
const repeats = Number(process.env['REPEATS'] ?? 240);
const concurrency = 120;

test('simultaneous repeats to several hosts make one message and all get its answer', async () => {
  const send = sendTo(['358401710001', '358401710002'], { RequestId: 'repeated' });
  const answers: { status: number; body: unknown; replayed: string | null }[] = [];
  let next = 0;
  const call = async (): Promise<void> => {
    while (next < repeats) {
      const api = apis[next++ % apis.length]!;
      const { status, body, headers } = await api.post(send);
      answers.push({ status, body, replayed: headers.get('idempotent-replay') });
    }
  };
  await Promise.all(Array.from({ length: concurrency }, call));
  expect(answers).toHaveLength(repeats);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(answers.filter(({ replayed }) => replayed !== 'true')).toHaveLength(1);
  const { MessageId: id } = answers[0]!.body as SentBody;
  await apis[0]!.waitForStatus(id, 'delivered', 'partiallyDelivered', 'undelivered');
  expect(await inbox('358401710001')).toHaveLength(1);
}, 600_000);

test('messages are stored in the account that their id names, and every host finds them', async () => {
  const ids = await Promise.all(
    Array.from({ length: 12 }, async (_, index) => {
      const answer = await apis[index % 3]!.post(sendTo([`35840172${String(index).padStart(2, '0')}11`]));
      return (answer.body as SentBody).MessageId;
    }),
  );
  const stores = [own, second].map((account) => createTableMessageStore(account));
  for (const [index, id] of ids.entries()) {
    await apis[(index + 1) % 3]!.waitForStatus(id, 'delivered');
    const found = await Promise.all(stores.map((store) => store.readHeader(id)));
    expect(found.map((header) => header !== undefined)).toEqual([accountOf(id) === 0, accountOf(id) === 1]);
  }
  expect(new Set(ids.map(accountOf))).toEqual(new Set([0, 1]));
  const unknown = `${ids[0]!.slice(0, 30)}90`;
  const answer = await apis[0]!.call(`/messages/${unknown}`, { headers: { 'Customer-Id': 'demo' } });
  expect(answer.status).toBe(404);
});

test('a scheduled message is sent once, and not before its time', async () => {
  const due = new Date(Date.now() + 4_000);
  const answer = await apis[0]!.post(sendTo(['358401730001'], { SendDateTime: due.toISOString() }));
  const { MessageId: id } = answer.body as SentBody;
  expect((await apis[1]!.status(id)).Status).toBe('scheduled');
  await apis[2]!.waitForStatus(id, 'delivered');
  const [message, ...others] = await inbox('358401730001');
  expect(others).toEqual([]);
  expect(Date.parse(message!.receivedAt)).toBeGreaterThanOrEqual(due.getTime());
});

async function inbox(address: string): Promise<{ receivedAt: string }[]> {
  const answer = await fetch(`${carrier.url}/messages?address=${address}`);
  return (await answer.json()) as { receivedAt: string }[];
}

test('the others take over the work of a host that ends', async () => {
  const due = new Date(Date.now() + 1_500).toISOString();
  const { MessageId: id } = (await apis[0]!.post(sendTo(['358401740001'], { SendDateTime: due }))).body as SentBody;
  await hosts[0]!.stop('SIGKILL');
  await apis[1]!.waitForStatus(id, 'delivered');
  await eventually(async () => expect(await inbox('358401740001')).toHaveLength(1));
});
