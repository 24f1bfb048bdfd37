import { afterAll, expect, test } from 'vitest';

import { forget } from '../../src/cli/forget/forget.ts';
import { reroute } from '../../src/cli/inbound/reroute.ts';
import { unrouted } from '../../src/cli/inbound/unrouted.ts';
import { list } from '../../src/cli/notifications/list.ts';
import { replay } from '../../src/cli/notifications/replay.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { openQueueService } from '../../src/storage/queues/open-queue-service.ts';
import { createTableDeadLetterStore } from '../../src/storage/tables/dead-letter-store.ts';
import { createTableInboundStore } from '../../src/storage/tables/inbound-store.ts';
import { createTableOptOutStore } from '../../src/storage/tables/opt-out-store.ts';
import { createTableSubscriptionStore } from '../../src/storage/tables/subscription-store.ts';
import { letter } from './dead-letter-store.contract.ts';
import { inbound } from './inbound-store.contract.ts';
import { subscription } from './subscription-store.contract.ts';

const azurite = await startAzurite({});
afterAll(() => azurite.stop());
const environment = { AzureWebJobsStorage: azurite.connectionString };

/** Takes the jobs from a queue, so that the next call does not see them. */
async function take(queue: string): Promise<unknown[]> {
  const { receivedMessageItems } = await openQueueService(azurite)
    .getQueueClient(queue)
    .receiveMessages({ numberOfMessages: 32 });
  return receivedMessageItems.map(({ messageText }) => JSON.parse(Buffer.from(messageText, 'base64').toString()));
}

test('inbound: lists unrouted messages without what the phone wrote, and routes them again', async () => {
  const none = ['There are no unrouted messages.'];
  expect(await unrouted.run({ operands: [], values: {} }, environment)).toEqual(none);
  expect(await reroute.run({ operands: [], values: { all: true } }, environment)).toEqual(none);

  const message = inbound({ content: 'private', sender: '358401234567' });
  const store = createTableInboundStore(azurite);
  await store.create(message);
  await store.recordUnrouted(message);
  expect(await unrouted.run({ operands: [], values: {} }, environment)).toEqual([
    `${message.id}  ${message.at.toISOString()}  SMS to 358401000001 from …567, by simulated`,
  ]);
  const again = `${message.id} will be routed again`;
  expect(await reroute.run({ operands: [message.id, 'x'], values: {} }, environment)).toEqual([
    again,
    'x is not an inbound message',
  ]);
  expect(await reroute.run({ operands: [], values: { all: true, limit: '1' } }, environment)).toEqual([again]);
  const job = { inboundId: message.id, again: true };
  expect(await take('inbound')).toEqual([job, job]);
});

test('notifications: lists dead letters without the query of the address, and replays them', async () => {
  const none = ['There are no dead letters.'];
  expect(await list.run({ operands: [], values: {} }, environment)).toEqual(none);
  expect(await replay.run({ operands: [], values: { all: true } }, environment)).toEqual(none);

  const subscribed = subscription({ origin: { 'x-ms-workflow-name': 'Orders' } });
  await createTableSubscriptionStore(azurite).put(subscribed);
  const common = {
    customerId: 'demo',
    serviceId: 's',
    reason: 'answered 400',
    callbackUrl: 'https://example.com/h?s=x',
  };
  const dead = letter({ ...common, pipelineId: subscribed.pipelineId, subscriptionKey: subscribed.key, attempts: 1 });
  const orphan = letter({ ...common, givenUpAt: new Date('2026-11-24T10:00:01.000Z') });
  const letters = createTableDeadLetterStore(azurite);
  await letters.add(dead);
  await letters.add(orphan);
  const listed = await list.run({ operands: [], values: { customer: 'demo' } }, environment);
  expect(listed.toSorted()).toEqual(
    [
      [
        dead.id,
        `  message ${dead.inboundId} of demo/s, first tried 2026-11-23T10:00:00.000Z, 1 call`,
        '  answered 400; last answer: none',
        '  https://example.com/h, flow Orders, subscription active',
      ].join('\n'),
      [
        orphan.id,
        `  message ${orphan.inboundId} of demo/s, first tried 2026-11-23T10:00:00.000Z, 12 calls`,
        '  answered 400; last answer: none',
        '  https://example.com/h, flow unknown, subscription unsubscribed',
      ].join('\n'),
    ].toSorted(),
  );
  expect(await list.run({ operands: [], values: { customer: 'other' } }, environment)).toEqual(none);
  expect(await list.run({ operands: [], values: { limit: '1' } }, environment)).toHaveLength(1);

  expect(await replay.run({ operands: [dead.id, 'x'], values: {} }, environment)).toEqual([
    `${dead.id} will be delivered again`,
    'x is not a dead letter',
  ]);
  expect(await take('notification-retries')).toEqual([
    { inboundId: dead.inboundId, subscriptionKey: dead.subscriptionKey },
  ]);
  expect(await replay.run({ operands: [], values: { all: true } }, environment)).toEqual([
    `${orphan.id} stays: its subscription no longer exists`,
  ]);
});

test('forget: takes a number as people write it, counts, and forgets only with --yes', async () => {
  const [identity, number] = ['358401000001', '358409990001'];
  const optOuts = createTableOptOutStore(azurite);
  await optOuts.add({ identity, number }, new Date());
  const operands = ['+358 (40) 999-0001'];
  const counted = await forget.run({ operands, values: { 'opt-outs': true } }, environment);
  expect(counted).toContain('  1 opt-out: would be deleted');
  expect(counted.at(-1)).toBe('Nothing was changed. Add --yes to forget the number.');
  expect((await forget.run({ operands, values: { yes: true } }, environment)).at(-1)).toBe('Done.');
  expect(await optOuts.list(identity)).toEqual([number]);
  expect(await forget.run({ operands, values: { 'opt-outs': true, yes: true } }, environment)).toContain(
    '  1 opt-out: deleted',
  );
  expect(await optOuts.list(identity)).toEqual([]);
});

test.each(['0401234567', '12', 'x'])('forget: refuses %j before it opens storage', async (phone) => {
  await expect(forget.run({ operands: [phone], values: { yes: true } }, {})).rejects.toThrow(
    'The number must be in international form, such as 358401234567.',
  );
});
