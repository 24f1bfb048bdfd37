import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { sendTo } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
  // The first request that needs tables and queues creates them, which must not be counted.
  const answer = await local.api.post(sendTo(['358401230001'], { RequestId: 'first' }));
  await local.api.waitForStatus((answer.body as SentBody).MessageId, 'delivered');
});
afterAll(() => local.stop());

/** A thousand phones for which the carrier sends no delivery reports. */
const thousand = Array.from({ length: 1000 }, (_, index) => `35840${String(index).padStart(3, '0')}0005`);
const inAnHour = new Date(Date.now() + 3_600_000).toISOString();

test.each([
  ['one recipient', ['358401230001'], {}, 2],
  ['one recipient with a request id', ['358401230001'], { RequestId: 'counted-1' }, 3],
  ['1,000 recipients', thousand, {}, 12],
  ['1,000 recipients with a request id', thousand, { RequestId: 'counted-1000' }, 12],
])('accepting %s stays within its budget', async (_, addresses, details, budget) => {
  local.storage.reset();
  // An hour ahead, so that no worker touches it and only accepting is counted.
  const answer = await local.api.post(sendTo(addresses, { SendDateTime: inAnHour, ...details }));
  expect(answer.status).toBe(200);
  expect((answer.body as SentBody).Recipients).toHaveLength(addresses.length);
  expect(local.storage.operations().length).toBeLessThanOrEqual(budget);
});

test('a chunk of up to 100 recipients has one queue message', async () => {
  local.storage.reset();
  await local.api.post(sendTo(thousand.slice(0, 201), { SendDateTime: inAnHour }));
  const enqueued = local.storage.operations().filter(({ service, method }) => service === 'queue' && method === 'POST');
  expect(enqueued).toHaveLength(3);
});

test('1,000 recipients cost at most 0.06 operations each from accept to sent', async () => {
  local.storage.reset();
  const answer = await local.api.post(sendTo(thousand));
  expect(answer.status).toBe(200);
  const { MessageId: messageId } = answer.body as SentBody;
  await eventually(
    async () => {
      const inbox = await local.api.inbox(thousand[999]!);
      expect(inbox.filter((message) => message.messageId === messageId)).toHaveLength(1);
    },
    { timeoutMs: 20_000, everyMs: 50 },
  );
  // Waits until the outcomes of the last chunks are recorded.
  let counted = -1;
  await eventually(
    async () => {
      const before = counted;
      counted = local.storage.operations().length;
      await sleep(500);
      expect(counted).toBe(before);
    },
    { timeoutMs: 20_000 },
  );
  expect(counted).toBeLessThanOrEqual(60);
  const { Recipients: recipients } = await local.api.status(messageId);
  expect(recipients.map(({ Status }) => Status)).toEqual(thousand.map(() => 'sent'));
});

test('reading the status of 1,000 recipients costs one operation', async () => {
  const answer = await local.api.post(sendTo(thousand, { SendDateTime: inAnHour }));
  local.storage.reset();
  await local.api.status((answer.body as SentBody).MessageId);
  expect(local.storage.operations()).toHaveLength(1);
});
