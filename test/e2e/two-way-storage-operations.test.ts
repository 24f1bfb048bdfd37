import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { pipelineIdOf } from '../../src/subscriptions/index.ts';
import type { Subscription } from '../../src/subscriptions/index.ts';
import { createTableSubscriptionStore } from '../../src/storage/tables/subscription-store.ts';
import { sendTo } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { eventually } from '../support/tools/eventually.ts';
import { subscribe } from '../support/servers/flow-server.ts';
import type { Notification } from '../support/servers/flow-server.ts';
import { additionsTo, pollsOf, readsDirectory } from '../support/servers/storage-proxy.ts';
import { startTwoWayHost } from '../support/hosts/two-way-host.ts';
import type { Line, TwoWayHost } from '../support/hosts/two-way-host.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';

let local: TwoWayHost;
let line: Line;
let notification: Notification;
beforeAll(async () => {
  local = await startTwoWayHost();
  // The first request that needs tables and queues creates them, which must not be counted.
  line = local.newLine();
  const flow = local.flows.flow();
  await subscribe(local.api, line.service, flow);
  await local.play({ recipient: line.address, content: 'first' });
  notification = await flow.notified('first');
  await local.subscribersTold(notification.messageId);
  const { MessageId: messageId } = (await discuss('first')).body as SentBody;
  await local.api.waitForStatus(messageId, 'delivered');
  await quiet();
});
afterAll(() => local.stop());

const discuss = (content: string) =>
  local.api.call('/messages/discussion/reply', {
    method: 'POST',
    headers: { CustomerId: 'demo', 'Content-Type': 'application/json' },
    body: JSON.stringify({ ThreadId: notification.threadId, Content: content }),
  });

/** Waits until no work is in progress, and begins to count. */
const quiet = (): Promise<void> =>
  eventually(
    async () => {
      local.storage.reset();
      await sleep(400);
      expect(local.storage.operations()).toEqual([]);
    },
    { timeoutMs: 20_000 },
  );

/** Counts the operations since then, without reads of the directory. */
const counted = (): number => local.storage.operations().filter((operation) => !readsDirectory(operation)).length;

const inAnHour = new Date(Date.now() + 3_600_000).toISOString();
const tenPhones = Array.from({ length: 10 }, (_, index) => `35840123100${index}`);

test.each([
  ['one recipient', ['358401230001'], 3],
  ['10 recipients', tenPhones, 12],
])('accepting a reply to %s stays within its budget', async (_, addresses, budget) => {
  local.storage.reset();
  // An hour ahead, so that no worker touches it and only accepting is counted.
  const body = sendTo(addresses, { Sender: '16400', SendDateTime: inAnHour });
  const answer = await local.api.call(`/messages/reply/${notification.messageId}`, {
    method: 'POST',
    headers: { 'Customer-Id': 'demo', 'Service-Id': 'demo-reply', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  expect(counted()).toBeGreaterThan(0);
  expect(counted()).toBeLessThanOrEqual(budget);
});

test('accepting a discussion reply costs at most three operations', async () => {
  // No worker gets the message, so that only accepting is counted.
  local.storage.hold(pollsOf('outbound'));
  await quiet();
  const answer = await discuss('counted');
  expect(answer.status).toBe(200);
  expect(counted()).toBeGreaterThan(0);
  expect(counted()).toBeLessThanOrEqual(3);
  local.storage.release();
  await local.api.waitForStatus((answer.body as SentBody).MessageId, 'delivered');
});

test('a message to 1,000 subscriptions costs at most 100 operations until all are queued, and reaches each', async () => {
  const busy = local.newLine();
  const receiver = await startWebhookReceiver(() => 202);
  const urls = Array.from({ length: 1_000 }, (_, index) => `${receiver.url}/flow/${index}?sig=x`);
  const subscriptions = createTableSubscriptionStore(local.storage);
  const put = (callbackUrl: string) => subscriptions.put(subscriptionOf(callbackUrl, busy));
  for (let from = 0; from < urls.length; from += 50) await Promise.all(urls.slice(from, from + 50).map(put));

  local.storage.hold(pollsOf('notifications'));
  await quiet();
  await local.play({ recipient: busy.address, content: 'to all' });
  const isQueued = additionsTo('notifications');
  await eventually(() => expect(local.storage.operations().filter(isQueued)).toHaveLength(10));
  expect(local.storage.operations().length).toBeLessThanOrEqual(100);

  local.storage.release();
  await eventually(() => expect(receiver.calls.length).toBeGreaterThanOrEqual(1_000), { timeoutMs: 40_000 });
  expect(new Set(receiver.calls.map(({ path }) => path)).size).toBe(1_000);
  const bodies = receiver.calls.map(({ body }) => (JSON.parse(Buffer.from(body).toString()) as Notification).content);
  expect(new Set(bodies)).toEqual(new Set(['to all']));
  await receiver.stop();
}, 90_000);

function subscriptionOf(callbackUrl: string, { service }: Line): Subscription {
  const owner = { customerId: 'demo', serviceId: service };
  return {
    ...owner,
    pipelineId: pipelineIdOf(owner),
    key: randomBytes(16).toString('hex'),
    callbackUrl,
    httpVerb: 'POST',
    name: 'Webhook',
    description: 'Of a flow',
    secret: randomBytes(16).toString('hex'),
    origin: {},
    subscribedAt: new Date(),
    state: 'active',
  };
}
