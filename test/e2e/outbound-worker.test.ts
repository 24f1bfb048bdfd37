import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { sendTo } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
});
afterAll(() => local.stop());

async function put(queue: string, text: string): Promise<void> {
  const client = new QueueClient(local.storage.connectionString, queue);
  await client.createIfNotExists();
  await client.sendMessage(Buffer.from(text).toString('base64'));
}

async function sendLater(): Promise<SentBody> {
  const SendDateTime = new Date(Date.now() + 3_600_000).toISOString();
  return (await local.api.post(sendTo(['358401230001', '358401230002'], { SendDateTime }))).body as SentBody;
}

test('a message is sent even if its job came to the poison queue because its workers died', async () => {
  const sent = await sendLater();
  await put('outbound-poison', JSON.stringify({ messageId: sent.MessageId, chunk: 0 }));
  const logged = `"worker":"GiveUpOutboundChunk","messageId":"${sent.MessageId}","chunk":0,"result":"notDue"`;
  await eventually(() => expect(local.host.output()).toContain(logged));
  expect((await local.api.status(sent.MessageId)).Status).toBe('scheduled');
});

test('a chunk that is on the queue many times is sent once', async () => {
  const sent = (await local.api.post(sendTo(['358401240001']))).body as SentBody;
  const job = JSON.stringify({ messageId: sent.MessageId, chunk: 0 });
  await Promise.all(Array.from({ length: 10 }, () => put('outbound', job)));
  await local.api.waitForStatus(sent.MessageId, 'delivered');
  expect(await local.api.inbox('358401240001')).toHaveLength(1);
  // The simulated carrier would ignore a repeat, so the worker's log counts.
  expect(local.host.output().split(`"messageId":"${sent.MessageId}","chunk":0,"result":"sent"`)).toHaveLength(2);
});

test('a job that comes too early does not send a scheduled message', async () => {
  const sent = await sendLater();
  await put('outbound', JSON.stringify({ messageId: sent.MessageId, chunk: 0 }));
  await eventually(() =>
    expect(local.host.output()).toContain(`"messageId":"${sent.MessageId}","chunk":0,"result":"notDue"`),
  );
  expect((await local.api.status(sent.MessageId)).Status).toBe('scheduled');
});

test.each([
  'not json',
  '{}',
  '{"messageId":"x","chunk":0}',
  '[]',
  'null',
  `{"messageId":"${'0'.repeat(32)}","chunk":"0"}`,
])('a malformed job is logged from the poison queue: %s', async (text) => {
  const before = local.host.output().split('notAJob').length;
  await put('outbound-poison', text);
  await eventually(() => expect(local.host.output().split('notAJob').length).toBeGreaterThan(before));
});

test('a job of a message that does not exist is completed', async () => {
  const messageId = 'ab'.repeat(16);
  await put('outbound', JSON.stringify({ messageId, chunk: 0 }));
  await eventually(() =>
    expect(local.host.output()).toContain(`"messageId":"${messageId}","chunk":0,"result":"missing"`),
  );
});

test.each([
  ['unsigned', {}],
  ['signed by a stranger', { 'x-simulated-timestamp': '0', 'x-simulated-signature': `sha256=${'0'.repeat(64)}` }],
])('a report that is %s is refused and stores nothing', async (_, headers) => {
  const sent = await sendLater();
  local.storage.reset();
  const response = await fetch(`${local.host.baseUrl}/webhooks/simulated`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify({
      reports: [{ id: sent.Recipients[0]?.Id, status: 'delivered', at: new Date().toISOString() }],
    }),
  });
  expect(response.status).toBe(401);
  expect(local.storage.operations()).toEqual([]);
  expect((await local.api.status(sent.MessageId)).Status).toBe('scheduled');
});
