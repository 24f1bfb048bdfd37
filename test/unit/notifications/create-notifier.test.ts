import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';

import type { Attachment, RoutedMessage } from '../../../src/conversations/index.ts';
import { createNotifier } from '../../../src/notifications/index.ts';
import type { NotificationChunk } from '../../../src/notifications/index.ts';
import { inboundIdFor } from '../../../src/conversations/index.ts';
import { payloadOf } from '../../../src/notifications/payload.ts';
import { isDateTime } from '../../../src/core/date-time.ts';
import { asJsonSchema } from '../../../src/operation/schema.ts';
import { notificationSchema } from '../../../src/subscriptions/notification-schema.ts';
import { createMemoryNotificationQueue } from '../../support/fakes/notification-queue.ts';
import { createMemoryNotificationStore } from '../../support/fakes/notification-store.ts';
import { createMemorySubscriptionStore } from '../../support/fakes/subscription-store.ts';
import { testNow } from '../../support/labs/kernel.ts';
import { labMessage, labSubscription } from '../../support/labs/notification-lab.ts';

const publicUrl = 'https://api.example.com/api-integrations/v1';
const message = labMessage(1);

/** Sets up a service with `count` subscriptions, and its notifier. */
async function openDeps(count: number) {
  const subscriptions = createMemorySubscriptionStore();
  const notifications = createMemoryNotificationStore();
  const notificationQueue = createMemoryNotificationQueue();
  const deps = { flows: { subscriptions, notifications, queue: notificationQueue, publicUrl } };
  const subscribe = async (...names: string[]): Promise<void> => {
    for (const name of names) await subscriptions.put(labSubscription(name));
  };
  await subscribe(...Array.from({ length: count }, (_, index) => `flow-${index}`));
  const chunks = () => notifications.listChunks(message.id);
  return {
    deps,
    subscribe,
    chunks,
    notify: () => createNotifier(deps).notify(message),
    jobs: () =>
      notificationQueue.chunks.splice(0).map(({ job, delaySeconds }) => [job.inboundId, job.chunk, delaySeconds]),
    keys: async () => (await chunks()).map(({ targets }) => targets.map(({ key }) => key)),
  };
}

const job = (chunk: number) => [message.id, chunk, 0];

describe('the notifier', () => {
  test('writes nothing if the service has no active subscription', async () => {
    const { deps, notify, chunks, jobs } = await openDeps(0);
    await deps.flows.subscriptions.put(labSubscription('ended', { state: 'ended' }));
    await deps.flows.subscriptions.put(labSubscription('disabled', { state: 'disabled' }));
    await deps.flows.subscriptions.put(labSubscription('foreign', { pipelineId: 'f'.repeat(32) }));
    expect(await notify()).toBe(0);
    expect(await chunks()).toEqual([]);
    expect(jobs()).toEqual([]);
  });

  test('creates a chunk with all that the calls need', async () => {
    const { deps, notify, chunks, jobs } = await openDeps(0);
    const well = labSubscription('a', { httpVerb: 'PUT', secret: '5'.repeat(32) });
    const refusing = labSubscription('b', { refusals: { kind: 'notFound', count: 1, since: testNow } });
    await deps.flows.subscriptions.put(well);
    await deps.flows.subscriptions.put(refusing);
    expect(await notify()).toBe(2);
    const targetOf = ({ pipelineId, key, secret, callbackUrl, httpVerb }: typeof well, wasRefused: boolean) => ({
      pipelineId,
      key,
      secret,
      callbackUrl,
      httpVerb,
      wasRefused,
    });
    const targets = [targetOf(well, false), targetOf(refusing, true)];
    expect(await chunks()).toEqual<NotificationChunk[]>([
      {
        inboundId: message.id,
        index: 0,
        customerId: 'demo',
        serviceId: 'demo-twoway',
        payload: payloadOf(message, publicUrl),
        targets: targets.toSorted((left, right) => (left.key < right.key ? -1 : 1)),
        states: ['waiting', 'waiting'],
        attempts: 0,
      },
    ]);
    expect(jobs()).toEqual([job(0)]);
  });

  test.each([
    [1, [1]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
    [1_700, Array.from({ length: 17 }, () => 100)],
  ])('puts %d subscriptions into chunks of a hundred', async (count, sizes) => {
    const { notify, keys, jobs } = await openDeps(count);
    expect(await notify()).toBe(count);
    const dealt = await keys();
    expect(dealt.map(({ length }) => length)).toEqual(sizes);
    expect(new Set(dealt.flat()).size).toBe(count);
    expect(jobs()).toEqual(sizes.map((_, index) => job(index)));
  });

  test('when repeated, queues again only the chunks that no worker has started', async () => {
    const { deps, notify, keys, jobs } = await openDeps(250);
    await notify();
    jobs();
    const before = await keys();
    const touched = (await deps.flows.notifications.readChunk(message.id, 1))!;
    await deps.flows.notifications.updateChunk(touched, { states: touched.chunk.states, attempts: 1 });
    expect(await notify()).toBe(250);
    expect(await keys()).toEqual(before);
    expect(jobs()).toEqual([job(0), job(2)]);
  });

  test('when repeated, adds new subscriptions in chunks of their own', async () => {
    const { notify, subscribe, keys, jobs } = await openDeps(100);
    await notify();
    jobs();
    await subscribe('new-1', 'new-2');
    expect(await notify()).toBe(102);
    const [first, second, ...rest] = await keys();
    expect([first?.length, rest]).toEqual([100, []]);
    expect(second?.toSorted()).toEqual(['new-1', 'new-2'].map((name) => labSubscription(name).key).toSorted());
    expect(jobs()).toEqual([job(0), job(1)]);
  });

  test('when repeated after a crash between the chunks, adds the missing ones', async () => {
    const { deps, notify, keys, jobs } = await openDeps(250);
    const flows = { ...deps.flows };
    deps.flows.notifications = {
      ...flows.notifications,
      createChunks: (chunks) => flows.notifications.createChunks(chunks.slice(0, 1)),
    };
    await notify();
    jobs();
    deps.flows.notifications = flows.notifications;
    expect(await notify()).toBe(250);
    const dealt = await keys();
    expect(dealt.map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(new Set(dealt.flat()).size).toBe(250);
    expect(jobs()).toEqual([job(0), job(1), job(2)]);
  });

  test('leaves nobody out if another one groups the missing chunks differently and then dies', async () => {
    const { deps, notify, keys, jobs } = await openDeps(250);
    const flows = { ...deps.flows };
    const other = {
      ...flows.notifications,
      createChunks: (chunks: readonly NotificationChunk[]) => flows.notifications.createChunks(chunks.slice(0, 1)),
    };
    await createNotifier({ ...deps, flows: { ...deps.flows, notifications: other } }).notify(message);
    let lists = 0;
    deps.flows.notifications = {
      ...flows.notifications,
      async listChunks(id) {
        const listed = await flows.notifications.listChunks(id);
        lists += 1;
        // The other notifier, which doesn't see all subscriptions, adds its next chunk before it dies.
        const known = (await flows.subscriptions.listActive(labSubscription('x').pipelineId)).slice(0, 120);
        const stub = { ...flows.subscriptions, listActive: async () => known };
        if (lists === 1)
          await createNotifier({
            ...deps,
            flows: { ...deps.flows, subscriptions: stub, notifications: flows.notifications },
          }).notify(message);
        return listed;
      },
    };
    jobs();
    await notify();
    const dealt = await keys();
    expect(new Set(dealt.flat()).size).toBe(250);
    expect(dealt.flat()).toHaveLength(250);
    expect(jobs().map(([, chunk]) => chunk)).toEqual(expect.arrayContaining(dealt.map((_, index) => index)));
  });

  test('puts everybody in exactly one chunk if it runs twice at the same time', async () => {
    const { notify, keys, jobs } = await openDeps(250);
    expect(await Promise.all([notify(), notify()])).toEqual([250, 250]);
    expect((await keys()).map(({ length }) => length)).toEqual([100, 100, 50]);
    expect(new Set(jobs().map(([, chunk]) => chunk))).toEqual(new Set([0, 1, 2]));
  });

  test('rejects if a chunk can’t be queued, so that the message comes again', async () => {
    const { deps, notify, jobs } = await openDeps(250);
    const flows = { ...deps.flows };
    const enqueueChunk: typeof flows.queue.enqueueChunk = async (wanted) => {
      if (wanted.chunk === 1) throw new Error('the queue is away');
      await flows.queue.enqueueChunk(wanted);
    };
    deps.flows.queue = { ...flows.queue, enqueueChunk };
    await expect(notify()).rejects.toThrow('the queue is away');
    deps.flows.queue = flows.queue;
    jobs();
    expect(await notify()).toBe(250);
    expect(jobs()).toEqual([job(0), job(1), job(2)]);
  });
});

describe('the payload for a flow', () => {
  const file = (details: Partial<Attachment>): Attachment => ({
    id: 'ab'.repeat(16),
    reference: 'media-1',
    name: 'kuva.png',
    mimeType: 'image/png',
    state: 'stored',
    ...details,
  });
  const ajv = new Ajv({
    strict: true,
    allErrors: true,
    keywords: ['x-ms-visibility'],
    formats: { 'date-time': isDateTime },
  });
  const validate = ajv.compile({ ...asJsonSchema(notificationSchema), additionalProperties: false });

  const full = labMessage(1, {
    keyword: 'TILAA',
    parentMessageId: 'm'.repeat(32),
    content: 'Hyvää "päivää" 😀\n',
    protocol: 'MMS',
    attachments: [
      file({}),
      file({ name: 'pois.pdf', mimeType: 'application/pdf', state: 'failed', reason: 'it is too large' }),
      file({ name: 'x', state: 'pending' }),
    ],
  });

  test.each<[string, RoutedMessage]>([
    ['bare', message],
    ['with everything', full],
    ['empty', labMessage(1, { content: '', sender: '' })],
  ])('has the form of the trigger’s schema: %s', (_, routed) => {
    const payload: unknown = JSON.parse(payloadOf(routed, publicUrl));
    expect([validate(payload), validate.errors]).toEqual([true, null]);
  });

  test('has the message, its attachments with addresses or reasons, and its thread', () => {
    expect(JSON.parse(payloadOf(full, publicUrl))).toEqual({
      sender: '358401230001',
      recipient: '16400',
      content: 'Hyvää "päivää" 😀\n',
      timestamp: testNow.toISOString(),
      protocol: 'MMS',
      attachments: [
        { name: 'kuva.png', mimeType: 'image/png', resourceLocation: `${publicUrl}/attachments/${'ab'.repeat(16)}` },
        { name: 'pois.pdf', mimeType: 'application/pdf', resourceLocation: '', error: 'it is too large' },
        { name: 'x', mimeType: 'image/png', resourceLocation: '', error: 'The file is not available.' },
      ],
      messageId: inboundIdFor(full.customerId, full.id),
      threadId: 't1',
      serviceId: 'demo-twoway',
      customerId: 'demo',
      keyword: 'TILAA',
      parentMessageId: 'm'.repeat(32),
    });
    expect(Object.keys(JSON.parse(payloadOf(message, publicUrl)) as object)).not.toContain('keyword');
  });
});
