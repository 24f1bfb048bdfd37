import { QueueServiceClient } from '@azure/storage-queue';
import type { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { eventually } from '../support/tools/eventually.ts';
import { fixtures, spawnHost, testHostJson } from '../support/hosts/functions-host/spawn-host.ts';

/*
 * Queue triggers and queue outputs against Azurite, with the rules of the storage queue extension. The tests observe
 * messages in the queues themselves and in the arguments of functions.
 */
const azurite = await startAzurite();
const { connectionString } = azurite;
const host = await spawnHost([fixtures.queues, fixtures.http], {
  connectionString,
  queueVisibilitySeconds: 2,
});
afterAll(async () => {
  await host.stop();
  await azurite.stop();
});

const service = QueueServiceClient.fromConnectionString(connectionString);
const queue = (name: string): QueueClient => service.getQueueClient(name);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const send = (name: string, text: string): Promise<unknown> => queue(name).sendMessage(base64(text));

interface Run {
  entry: unknown;
  metadata: Record<string, unknown>;
}
const get = async (path: string): Promise<unknown> => (await fetch(`${host.url}/api/v1/${path}`)).json();
const runsOf = async (name: string): Promise<Run[]> => (await get(`runs?of=${name}`)) as Run[];

/** Waits until a queue has `count` messages, and takes them out. */
async function taken(name: string, count: number): Promise<string[]> {
  const messages: string[] = [];
  await eventually(async () => {
    const { receivedMessageItems } = await queue(name).receiveMessages({ numberOfMessages: 32 });
    messages.push(...receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString()));
    expect(messages).toHaveLength(count);
  });
  return messages;
}

async function waiting(name: string): Promise<number | undefined> {
  return (await queue(name).getProperties()).approximateMessagesCount;
}

// Its function runs for more than two visibility times, during the other tests.
beforeAll(() => send('slow', '5000'));

it('creates the queues of its triggers', async () => {
  const names: string[] = [];
  for await (const { name } of service.listQueues()) names.push(name);
  expect(names).toEqual(['crowd', 'fail', 'fail-once', 'fail-poison', 'record', 'relay', 'slow']);
});

it('gives the function a message parsed from JSON, with its properties, and deletes it', async () => {
  const texts = ['{"a":[1]}', 'plain text', '123', '"quoted"', 'ä', '[1,2]', ''];
  for (const text of texts) await send('record', text);
  const runs = await eventually(async () => {
    const recorded = await runsOf('record');
    expect(recorded).toHaveLength(texts.length);
    return recorded;
  });
  expect(runs.map(({ entry }) => entry)).toEqual([{ a: [1] }, 'plain text', 123, 'quoted', 'ä', [1, 2], '']);
  const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00$/) as string;
  expect(runs[1]?.metadata).toEqual({
    queueTrigger: 'plain text',
    id: expect.stringMatching(/^[\da-f-]{36}$/) as string,
    dequeueCount: 1,
    popReceipt: expect.any(String) as string,
    insertionTime: date,
    expirationTime: date,
    nextVisibleTime: date,
  });
  await eventually(async () => expect(await waiting('record')).toBe(0));
});

it("lets a message's own properties hide those of the queue message", async () => {
  const before = (await runsOf('record')).length;
  await send('record', '{"id":7,"DEQUEUECOUNT":"x","own":{"B":true},"list":[1],"none":null,"yes":true}');
  const metadata = await eventually(async () => {
    const runs = await runsOf('record');
    expect(runs).toHaveLength(before + 1);
    return runs.at(-1)?.metadata;
  });
  expect(metadata).toMatchObject({ id: 7, dequeueCount: 'x', own: { b: true }, yes: 'True' });
  expect(Object.keys(metadata ?? {}).toSorted()).toEqual([
    'dequeueCount',
    'expirationTime',
    'id',
    'insertionTime',
    'nextVisibleTime',
    'own',
    'popReceipt',
    'queueTrigger',
    'yes',
  ]);
});

it('retries a failing message, then moves it to the poison queue', async () => {
  await send('fail', '{"fails":true}');
  await eventually(async () => {
    const runs = await runsOf('fail');
    expect(runs.map(({ metadata }) => metadata['dequeueCount'])).toEqual([1, 2, 3]);
  });
  // The poison queue of `fail` has a function of its own, whose failures leave the message in it and invisible.
  await eventually(async () => expect((await runsOf('fail-poison'))[0]).toMatchObject({ entry: { fails: true } }));
  expect(await waiting('fail')).toBe(0);
  expect(await waiting('fail-poison')).toBe(1);
  const names: string[] = [];
  for await (const { name } of service.listQueues({ prefix: 'fail-poison' })) names.push(name);
  expect(names).toEqual(['fail-poison']);
});

it('deletes a message that succeeds at the second attempt', async () => {
  await send('fail-once', 'again');
  await eventually(async () => {
    expect((await runsOf('fail-once')).map(({ metadata }) => metadata['dequeueCount'])).toEqual([1, 2]);
    expect(await waiting('fail-once')).toBe(0);
  });
  await expect(queue('fail-once-poison').exists()).resolves.toBe(false);
});

it('moves a message that is not Base64 to the poison queue without running the function', async () => {
  await queue('record').sendMessage('not base64!');
  const { receivedMessageItems } = await eventually(async () => {
    const received = await queue('record-poison').receiveMessages();
    expect(received.receivedMessageItems).toHaveLength(1);
    return received;
  });
  expect(receivedMessageItems[0]?.messageText).toBe('not base64!');
  expect((await runsOf('record')).map(({ entry }) => entry)).not.toContain('not base64!');
});

it('counts a message that is not UTF-8 as a failure of the function', async () => {
  await queue('record').sendMessage(Buffer.of(0xff).toString('base64'));
  const { receivedMessageItems } = await eventually(async () => {
    const received = await queue('record-poison').receiveMessages();
    expect(received.receivedMessageItems).toHaveLength(1);
    return received;
  });
  expect(receivedMessageItems[0]?.messageText).toBe('/w==');
  const failures = host.logged.filter(({ level, functionName }) => level === 'error' && functionName === 'record');
  expect(failures).toHaveLength(testHostJson.extensions.queues.maxDequeueCount);
});

it('fetches the next batch when enough of the last one is done', async () => {
  const state = async (): Promise<unknown> => get('crowd-state');
  const release = (count: number): Promise<Response> => fetch(`${host.url}/api/v1/crowd-release?count=${count}`);
  for (let sent = 0; sent < 12; sent += 1) await send('crowd', String(sent));
  // A first poll may come in between and bring fewer than a batch, and another batch on top of up to two.
  await eventually(async () =>
    expect(await state()).toMatchObject({ working: expect.toSatisfy((n: number) => n >= 3) as number }),
  );
  const { batchSize, newBatchThreshold } = testHostJson.extensions.queues;
  await release(1);
  await eventually(async () => {
    await release(1);
    expect(await waiting('crowd')).toBe(0);
  });
  const { max, working } = (await state()) as { max: number; working: number };
  expect(working).toBe(0);
  expect(max).toBeGreaterThan(newBatchThreshold);
  expect(max).toBeLessThanOrEqual(batchSize + newBatchThreshold);
});

it('sends one message for each element of an array, and the return value of a function', async () => {
  const before = (await runsOf('record')).length;
  await send('relay', '{"n":1}');
  expect(await taken('copies', 4)).toEqual(['{"n":1}', 'text', '5', '{"nested":["a"]}']);
  await eventually(async () => {
    const runs = await runsOf('record');
    expect(runs.slice(before).map(({ entry }) => entry)).toEqual([{ relayed: { n: 1 } }]);
  });
});

it('sends the outputs of an HTTP function, to a queue that it creates', async () => {
  const post = (body: unknown): Promise<Response> =>
    fetch(`${host.url}/api/v1/send-queue`, { method: 'POST', body: JSON.stringify(body) });
  expect((await post({ single: true })).status).toBe(202);
  expect((await post(['several', { of: 'them' }])).status).toBe(202);
  expect((await taken('from-http', 3)).toSorted()).toEqual(['several', '{"of":"them"}', '{"single":true}']);
});

it('answers 500 if an output fails, and continues', async () => {
  const tooLarge = JSON.stringify('x'.repeat(100_000));
  const response = await fetch(`${host.url}/api/v1/send-queue`, { method: 'POST', body: tooLarge });
  expect([response.status, await response.text()]).toEqual([500, '']);
});

it('survives the deletion of a queue', async () => {
  await queue('record').delete();
  await eventually(async () => expect(await queue('record').exists()).toBe(true));
  const before = (await runsOf('record')).length;
  await send('record', 'after the deletion');
  await eventually(async () => expect(await runsOf('record')).toHaveLength(before + 1));
});

it('writes and reads plain text if host.json sets it', async () => {
  const queues = { ...testHostJson.extensions.queues, messageEncoding: 'none' };
  const plain = await spawnHost([fixtures.http], {
    connectionString,
    hostJson: { ...testHostJson, extensions: { ...testHostJson.extensions, queues } },
  });
  await fetch(`${plain.url}/api/v1/send-queue`, { method: 'POST', body: '"plain ä"' });
  const messages = await eventually(async () => {
    const { receivedMessageItems } = await queue('from-http').receiveMessages();
    expect(receivedMessageItems).toHaveLength(1);
    return receivedMessageItems;
  });
  expect(messages.map(({ messageText }) => messageText)).toEqual(['plain ä']);
  await plain.stop();
});

it('keeps a message invisible as long as its function runs', async () => {
  await eventually(async () => expect(await waiting('slow')).toBe(0));
  expect((await runsOf('slow')).map(({ metadata }) => metadata['dequeueCount'])).toEqual([1]);
});
