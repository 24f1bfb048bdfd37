import { describe, expect, test } from 'vitest';

import { inboundId } from '../../../src/conversations/inbound-id.ts';
import { createInboundReceiver } from '../../../src/conversations/index.ts';
import type { InboundProgress } from '../../../src/conversations/index.ts';
import { createBreaker, createInbound, inboundEvent } from '../../support/labs/inbound.ts';
import { after, testNow } from '../../support/labs/kernel.ts';

const announced = [
  { reference: 'r1', name: 'kuva.jpg', mimeType: 'image/jpeg' },
  { reference: 'r2', name: 'ääni.ogg', mimeType: 'audio/ogg' },
];
const secret = (number: number): string => String(number).padStart(32, '0');

/** Sets up a receiver. `leave` gives a stored message the state that a worker would have. */
function createReceiving() {
  const deps = createInbound();
  const receiver = createInboundReceiver(deps);
  return {
    deps,
    record: (...events: Parameters<typeof receiver.record>[1]) => receiver.record('simulated', events),
    leave: async (id: string, state: InboundProgress['state']): Promise<void> => {
      const found = (await deps.inbound.store.read(id))!;
      await deps.inbound.store.update(found, { state, attachments: found.message.attachments, attempts: 0 });
    },
  };
}

describe('an inbound message', () => {
  test('is stored with everything that the carrier sent, and queued', async () => {
    const { deps, record } = createReceiving();
    const event = inboundEvent({
      sender: '+358401234567',
      recipient: '+358401000001',
      protocol: 'WhatsApp',
      content: 'Hyvää päivää 😀',
      buttonReply: 'Kyllä',
      attachments: announced,
    });
    const id = inboundId('simulated', event);
    await record(event);
    expect((await deps.inbound.store.read(id))?.message).toEqual({
      id,
      carrier: 'simulated',
      carrierMessageId: 'c-1',
      sender: '358401234567',
      recipient: '358401000001',
      protocol: 'WhatsApp',
      content: 'Hyvää päivää 😀',
      buttonReply: 'Kyllä',
      at: after(-1_000),
      receivedAt: testNow,
      state: 'received',
      attachments: [
        { ...announced[0], id: secret(1), state: 'pending' },
        { ...announced[1], id: secret(2), state: 'pending' },
      ],
      attempts: 0,
    });
    expect(deps.inbound.queue.jobs).toEqual([{ job: { inboundId: id }, delaySeconds: 0 }]);
  });

  test.each([
    ['+358401234567', '358401234567'],
    [' +358401234567 ', '358401234567'],
    ['358401234567', '358401234567'],
    ['16400', '16400'],
    ['+', '+'],
    ['+Arena', '+Arena'],
    ['Pankki+', 'Pankki+'],
  ])('has its addresses %j stored as %j', async (written, kept) => {
    const { deps, record } = createReceiving();
    const event = inboundEvent({ sender: written, recipient: written });
    await record(event);
    const message = (await deps.inbound.store.read(inboundId('simulated', event)))?.message;
    expect([message?.sender, message?.recipient]).toEqual([kept, kept]);
  });

  test('is stored and queued if it is one of several in a call', async () => {
    const { deps, record } = createReceiving();
    const events = Array.from({ length: 5 }, (_, index) => inboundEvent({ carrierMessageId: `c-${index}` }));
    const ids = events.map((event) => inboundId('simulated', event));
    await record(...events);
    expect(deps.inbound.queue.jobs.map(({ job }) => job.inboundId)).toEqual(ids);
    const kept = await Promise.all(ids.map((id) => deps.inbound.store.read(id)));
    expect(kept.map((found) => found?.message.carrierMessageId)).toEqual(['c-0', 'c-1', 'c-2', 'c-3', 'c-4']);
  });

  test('is stored once if it occurs twice in a call', async () => {
    const { deps, record } = createReceiving();
    const event = inboundEvent({ attachments: announced.slice(0, 1) });
    await record(event, event);
    const id = inboundId('simulated', event);
    expect((await deps.inbound.store.read(id))?.message.attachments).toEqual([
      { ...announced[0], id: secret(1), state: 'pending' },
    ]);
    expect(new Set(deps.inbound.queue.jobs.map(({ job }) => job.inboundId))).toEqual(new Set([id]));
  });
});

describe('a repeat of the call', () => {
  const event = inboundEvent({ attachments: announced });
  const id = inboundId('simulated', event);

  test('queues a message again that is not routed yet, and changes nothing that is stored', async () => {
    const { deps, record } = createReceiving();
    await record(event);
    const kept = await deps.inbound.store.read(id);
    deps.inbound.queue.jobs.splice(0);
    deps.setNow(after(5_000));
    await record({ ...event, content: 'Another' });
    expect(await deps.inbound.store.read(id)).toEqual(kept);
    expect(deps.inbound.queue.jobs).toEqual([{ job: { inboundId: id }, delaySeconds: 0 }]);
  });

  test.each(['routed', 'unrouted'] as const)('does nothing if the message is %s', async (state) => {
    const { deps, record, leave } = createReceiving();
    await record(event);
    await leave(id, state);
    const kept = await deps.inbound.store.read(id);
    deps.inbound.queue.jobs.splice(0);
    await record(event);
    expect(await deps.inbound.store.read(id)).toEqual(kept);
    expect(deps.inbound.queue.jobs).toEqual([]);
  });
});

describe('a call that fails half-way', () => {
  const event = inboundEvent();
  const id = inboundId('simulated', event);

  test.each([
    ['before the message is stored', 1, 'before', { kept: false, queued: 0 }],
    ['after the message is stored', 1, 'after', { kept: true, queued: 0 }],
    ['before the job is queued', 2, 'before', { kept: true, queued: 0 }],
    ['after the job is queued', 2, 'after', { kept: true, queued: 1 }],
  ] as const)('%s: rejects, and the next call completes it', async (_, call, when, { kept, queued }) => {
    const { deps } = createReceiving();
    const breaker = createBreaker();
    const receiver = createInboundReceiver({
      ...deps,
      inbound: { ...deps.inbound, store: breaker.wrap(deps.inbound.store), queue: breaker.wrap(deps.inbound.queue) },
    });
    breaker.breakCall(call, when);
    await expect(receiver.record('simulated', [event])).rejects.toThrow(/failed|lost/);
    expect((await deps.inbound.store.read(id)) !== undefined).toBe(kept);
    expect(deps.inbound.queue.jobs).toHaveLength(queued);

    await receiver.record('simulated', [event]);
    expect((await deps.inbound.store.read(id))?.message.state).toBe('received');
    expect(deps.inbound.queue.jobs).toEqual(
      Array.from({ length: queued + 1 }, () => ({ job: { inboundId: id }, delaySeconds: 0 })),
    );
  });

  test('rejects for a repeat too', async () => {
    const { deps, record } = createReceiving();
    await record(event);
    const breaker = createBreaker();
    const receiver = createInboundReceiver({
      ...deps,
      inbound: { ...deps.inbound, store: breaker.wrap(deps.inbound.store) },
    });
    breaker.breakCall(2, 'before');
    await expect(receiver.record('simulated', [event])).rejects.toThrow('read failed');
  });
});

describe('a carrier that sends more than fits', () => {
  test('has its texts cut, so that it does not repeat the call forever', async () => {
    const { deps, record } = createReceiving();
    const long = 'ä'.repeat(100_000);
    const attachments = Array.from({ length: 30 }, () => ({ reference: long, name: long, mimeType: long }));
    const event = inboundEvent({
      carrierMessageId: long,
      sender: long,
      content: `${long}😀`,
      buttonReply: long,
      attachments,
    });
    await record(event);
    const [queued] = deps.inbound.queue.jobs;
    const { message } = (await deps.inbound.store.read(queued!.job.inboundId))!;
    expect([message.content.length, message.sender.length, message.carrierMessageId.length]).toEqual([
      40_000, 200, 2_000,
    ]);
    expect([message.buttonReply?.length, message.attachments.length]).toEqual([200, 20]);
    expect(
      message.attachments.map(({ reference, name, mimeType }) => [reference.length, name.length, mimeType.length]),
    ).toEqual(Array.from({ length: 20 }, () => [2_000, 255, 200]));
  });

  test('may send 50 messages in one call', async () => {
    const { deps, record } = createReceiving();
    const events = Array.from({ length: 50 }, (_, index) => inboundEvent({ carrierMessageId: `c-${index}` }));
    await record(...events);
    expect(new Set(deps.inbound.queue.jobs.map(({ job }) => job.inboundId)).size).toBe(50);
  });
});
