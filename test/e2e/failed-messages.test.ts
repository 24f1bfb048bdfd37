import { afterAll, beforeAll, expect, test } from 'vitest';

import { createApi, sendTo } from '../support/hosts/api.ts';
import type { Api, SentBody } from '../support/hosts/api.ts';
import { eventually } from '../support/tools/eventually.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';

const group = '/groupcontact/demo/demo-group';
let host: LocalHost;
let api: Api;
beforeAll(async () => {
  host = await spawnLocalHost();
  api = await createApi(host);
});
afterAll(() => host.stop());

async function createContact(phone: string): Promise<void> {
  const answer = await api.call(group, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ phone }),
  });
  expect(answer.status).toBe(200);
}

async function failedMessages(phone: string): Promise<unknown> {
  return ((await api.call(`${group}/${phone}`)).body as { failedMessages: unknown }).failedMessages;
}

async function sendAndEnd(addresses: readonly string[], details: Record<string, unknown> = {}): Promise<void> {
  const sent = (await api.post(sendTo(addresses, details))).body as SentBody;
  await api.waitForStatus(sent.MessageId, 'delivered', 'undelivered', 'expired', 'rejected');
}

test('a contact counts the messages to it that failed for good, for any reason', async () => {
  const phones = {
    delivered: '358401610001',
    undelivered: '358401610002',
    expired: '358401610003',
    refused: '358401610004',
  };
  for (const phone of Object.values(phones)) await createContact(phone);
  await sendAndEnd(Object.values(phones));
  await sendAndEnd([phones.undelivered]);
  await eventually(async () => {
    expect({
      delivered: await failedMessages(phones.delivered),
      undelivered: await failedMessages(phones.undelivered),
      expired: await failedMessages(phones.expired),
      refused: await failedMessages(phones.refused),
    }).toEqual({ delivered: 0, undelivered: 2, expired: 1, refused: 1 });
  });
});

test('a contact that is created later begins at 0', async () => {
  // The carrier refuses this number at once, so that all follow-up is done when the status shows.
  await sendAndEnd(['358401620004']);
  await createContact('358401620004');
  expect(await failedMessages('358401620004')).toBe(0);
});

test('a number that opted out gets no advertisement, but any other message', async () => {
  const path = '/whatsapp/opt-in/sender/358401000001/recipient/358401630001';
  expect((await api.call(path, { method: 'DELETE' })).status).toBe(204);
  const ad = (await api.post(sendTo(['358401630001'], { AdMessage: true }))).body as SentBody;
  const status = await api.waitForStatus(ad.MessageId, 'rejected');
  expect(status.Recipients[0]).toMatchObject({ ErrorCode: 'RecipientOptedOut' });
  await sendAndEnd(['358401630001'], { AdMessage: false });
  await sendAndEnd(['358401630001']);
  expect(await api.inbox('358401630001')).toHaveLength(2);
});
