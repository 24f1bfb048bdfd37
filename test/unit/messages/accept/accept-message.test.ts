import { describe, expect, test } from 'vitest';

import { acceptMessage, delayUntil } from '../../../../src/messages/accept/accept-message.ts';
import { createRecentIds } from '../../../../src/messages/accept/recent-ids.ts';
import type { MessagingWorld } from '../../../../src/messages/accept/accept-message.ts';
import { wantsCallbacks } from '../../../../src/messages/index.ts';
import type { ChunkRecipient } from '../../../../src/messages/index.ts';
import { sendChunk } from '../../../../src/messages/deliver/send-chunk.ts';
import { sendMessage } from '../../../../src/messages/index.ts';
import { callOperation, problemsOf, testCustomer, testNow } from '../../../support/labs/kernel.ts';
import {
  createMessaging,
  createScriptedCarrier,
  createSending,
  phones,
  preparedSend,
  sendBody,
  sendRequest,
  takeJobs,
  testMessageId,
} from '../../../support/labs/messaging.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const after = (milliseconds: number): Date => new Date(testNow.getTime() + milliseconds);

/** The jobs of a message's chunks, all with one delay. */
function jobsFor(messageId: string, chunkCount: number, delaySeconds = 0) {
  return Array.from({ length: chunkCount }, (_, chunk) => ({ job: { messageId, chunk }, delaySeconds }));
}

describe('chunks', () => {
  test.each([
    [1, [1]],
    [99, [99]],
    [100, [100]],
    [101, [100, 1]],
    [250, [100, 100, 50]],
    [10_000, Array.from({ length: 100 }, () => 100)],
  ])('of %i recipients hold %j, each queued once', async (count, sizes) => {
    const world = createMessaging();
    const prepared = preparedSend(count);
    const accepted = await acceptMessage(sendRequest(), prepared, {}, world);
    const messageId = testMessageId(1);
    const stored = await world.messages.readMessage(messageId);
    expect(stored?.chunks.map(({ recipients }) => recipients.length)).toEqual(sizes);
    expect(stored?.chunks.flatMap(({ recipients }) => recipients)).toEqual(prepared.recipients);
    expect(stored?.header).toMatchObject({ recipientCount: count, chunkCount: sizes.length });
    expect(world.outbound.jobs).toEqual(jobsFor(messageId, sizes.length));
    expect(accepted).toEqual({
      messageId,
      partCount: 1,
      recipients: prepared.recipients.map(({ address }, index) => ({
        address,
        id: `${messageId}-${String(Math.floor(index / 100)).padStart(3, '0')}${String(index % 100).padStart(2, '0')}`,
      })),
      replayed: false,
    });
  });

  test('have all that a worker needs, and the header what never changes', async () => {
    const world = createMessaging();
    const recipients: ChunkRecipient[] = [
      { address: '358401234567', parts: 2, values: ['Aino'] },
      { address: '358401234568', parts: 1, values: [''] },
    ];
    const details = {
      customerData: 'cost centre 7',
      adMessage: false,
      dlrUrl: 'https://example.com/dlr',
      requestId: 'r1',
      attachmentUri: 'https://example.com/a.png',
    };
    const prepared = preparedSend(0, { content: 'Hei $(name)', recipients, partCount: 2, guessedNumbers: 1 });
    const { messageId, partCount } = await acceptMessage(sendRequest(details), prepared, {}, world);
    expect(partCount).toBe(2);
    expect(await world.messages.readMessage(messageId)).toEqual({
      header: {
        messageId,
        customerId: 'demo',
        serviceId: 'demo-oneway',
        userId: 'demo-user',
        sender: 'Arena',
        protocol: 'SMS',
        acceptedAt: testNow,
        recipientCount: 2,
        chunkCount: 1,
        partCount: 2,
        ...details,
      },
      chunks: [
        {
          messageId,
          index: 0,
          customerId: 'demo',
          serviceId: 'demo-oneway',
          sender: 'Arena',
          protocol: 'SMS',
          content: 'Hei $(name)',
          recipients,
          statuses: ['accepted', 'accepted'],
          notes: new Map(),
          references: new Map(),
          attempts: 0,
          updatedAt: testNow,
        },
      ],
      fallbacks: [],
      journal: [],
    });
  });

  test('are smaller where values are long, and one recipient always fits', async () => {
    const withValues = (length: number, count: number) =>
      phones(count).map((address): ChunkRecipient => ({ address, parts: 200, values: ['x'.repeat(length)] }));
    const sizesOf = async (recipients: readonly ChunkRecipient[], content = '$(a)') => {
      const world = createMessaging();
      const { messageId } = await acceptMessage(sendRequest(), preparedSend(0, { content, recipients }), {}, world);
      const chunks = (await world.messages.readMessage(messageId))?.chunks ?? [];
      expect(chunks.flatMap((chunk) => chunk.recipients)).toEqual(recipients);
      for (const { content: stored, recipients: dealt } of chunks) {
        // An entity of Table Storage holds 1 MiB of UTF-16, all columns together.
        expect(2 * (stored.length + JSON.stringify(dealt).length)).toBeLessThan(1024 * 1024 * 0.8);
      }
      return chunks.map((chunk) => chunk.recipients.length);
    };
    expect(await sizesOf(withValues(30_000, 20))).toEqual([8, 8, 4]);
    expect(await sizesOf(withValues(120_000, 3))).toEqual([2, 1]);
    expect(await sizesOf(withValues(249_000, 2))).toEqual([1, 1]);
    expect(await sizesOf(withValues(251_000, 2))).toEqual([1, 1]);
    expect(await sizesOf(withValues(30_000, 20), `$(a)${'x'.repeat(59_000)}`)).toEqual([6, 6, 6, 2]);
    expect(await sizesOf([...withValues(249_000, 1), ...withValues(1, 150)])).toEqual([18, 100, 33]);
  });
});

describe('scheduled sends', () => {
  test('are stored with their time, and queued with the delay until then', async () => {
    const world = createMessaging();
    const sendAt = after(90_500);
    const { messageId } = await acceptMessage(sendRequest(), preparedSend(101, { sendAt }), {}, world);
    expect(world.outbound.jobs).toEqual(jobsFor(messageId, 2, 91));
    const stored = await world.messages.readMessage(messageId);
    expect(stored?.header.sendAt).toEqual(sendAt);
    expect(stored?.chunks.map((chunk) => [chunk.sendAt, new Set(chunk.statuses)])).toEqual([
      [sendAt, new Set(['scheduled'])],
      [sendAt, new Set(['scheduled'])],
    ]);
  });

  test('wait no longer at a time than the queue can hold a message', () => {
    const longest = 24 * 3_600;
    const rows: [sendAt: Date | undefined, seconds: number][] = [
      [undefined, 0],
      [after(-day), 0],
      [after(0), 0],
      [after(1), 1],
      [after(1_000), 1],
      [after(1_001), 2],
      [after(longest * 1_000), longest],
      [after(longest * 1_000 + 1), longest],
      [after(365 * day), longest],
    ];
    for (const [sendAt, seconds] of rows) expect([sendAt, delayUntil(sendAt, testNow)]).toEqual([sendAt, seconds]);
  });
});

describe('request ids', () => {
  const prepared = preparedSend(150);
  const accept = (world: MessagingWorld, details: Parameters<typeof sendRequest>[0] = {}, body: unknown = { a: 1 }) =>
    acceptMessage(sendRequest({ requestId: 'r1', ...details }), prepared, body, world);

  test('make a repeat answer the same, and queue nothing that was sent', async () => {
    const world = createMessaging();
    const first = await accept(world);
    const carrier = createScriptedCarrier();
    const sending = createSending(world, carrier);
    const [one, ...others] = takeJobs(world.outbound);
    expect(await sendChunk(one!.job, sending)).toBe('sent');

    // This process has queued the second chunk; as far as any other can tell, that may not have been done.
    expect(await accept(world, { acceptedAt: after(minute) })).toEqual({ ...first, replayed: true });
    expect(takeJobs(world.outbound)).toEqual([]);
    const elsewhere = { ...world, queuedLately: createRecentIds() };
    expect(await accept(elsewhere, { acceptedAt: after(minute) })).toEqual({ ...first, replayed: true });
    expect(takeJobs(world.outbound)).toEqual(others);

    for (const { job } of others) await sendChunk(job, sending);
    expect(await accept(world, { acceptedAt: after(day) })).toEqual({ ...first, replayed: true });
    expect(world.outbound.jobs).toEqual([]);
    expect(carrier.batches).toHaveLength(2);
  });

  test('of a request whose fields stand in another order are the same', async () => {
    const world = createMessaging();
    const first = await accept(world, {}, { a: { x: 1, y: [{ p: 1, q: 2 }] }, b: null });
    const again = await accept(world, {}, { b: null, a: { y: [{ q: 2, p: 1 }], x: 1 } });
    expect(again).toEqual({ ...first, replayed: true });
  });

  test('of a request that asks for something else are refused, and nothing is stored', async () => {
    const others: unknown[] = [{}, { a: 2 }, { a: '1' }, { a: [1] }, { a: 1, b: null }, [{ a: 1 }], null, { b: 1 }];
    for (const body of others) {
      const world = createMessaging();
      await accept(world);
      takeJobs(world.outbound);
      await expect(accept(world, {}, body)).rejects.toMatchObject({ code: 'RequestIdReused', status: 422 });
      expect(world.outbound.jobs).toEqual([]);
      expect(await world.messages.readMessage(testMessageId(2))).toBeUndefined();
    }
    const inOrder = createMessaging();
    await accept(inOrder, {}, { list: [1, 2] });
    await expect(accept(inOrder, {}, { list: [2, 1] })).rejects.toMatchObject({ code: 'RequestIdReused' });
  });

  test('are remembered for 7 days, to the millisecond', async () => {
    const world = createMessaging();
    const first = await accept(world);
    expect(await accept(world, { acceptedAt: after(7 * day) })).toEqual({ ...first, replayed: true });
    const later = await accept(world, { acceptedAt: after(7 * day + 1) }, { another: 'request' });
    expect([later.messageId === first.messageId, later.replayed]).toEqual([false, false]);
    expect(await accept(world, { acceptedAt: after(14 * day) }, { another: 'request' })).toEqual({
      ...later,
      replayed: true,
    });
  });

  test('of two customers are two', async () => {
    const world = createMessaging();
    const mine = await accept(world);
    const theirs = await accept(world, { customerId: 'other' }, { another: 'request' });
    expect([theirs.messageId === mine.messageId, theirs.replayed]).toEqual([false, false]);
  });

  test('make one message of any number of requests at once', async () => {
    const world = createMessaging();
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(world)));
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const carrier = createScriptedCarrier();
    for (const { job } of takeJobs(world.outbound)) await sendChunk(job, createSending(world, carrier));
    const sentTo = carrier.batches.flatMap(({ recipients }) => recipients.map(({ address }) => address));
    expect(sentTo.sort()).toEqual(prepared.recipients.map(({ address }) => address).sort());
  });

  test('are no matter where there is none: each request is a message', async () => {
    const world = createMessaging();
    const answers = [1, 2].map(() => acceptMessage(sendRequest(), prepared, { a: 1 }, world));
    const [first, second] = await Promise.all(answers);
    expect([first?.messageId, second?.messageId]).toEqual([testMessageId(1), testMessageId(2)]);
  });
});

/** Lets the given number of storage operations through; the next one fails, before it does anything or after it did. */
function crashing(
  world: MessagingWorld,
  { after: allowed, effect }: { after: number; effect: boolean },
): MessagingWorld {
  let done = 0;
  const step = async <T>(operation: () => Promise<T>): Promise<T> => {
    done += 1;
    if (done <= allowed) return operation();
    if (done === allowed + 1 && effect) await operation();
    throw new Error('the process died');
  };
  const { messages, requests, outbound } = world;
  return {
    ...world,
    queuedLately: createRecentIds(),
    messages: {
      ...messages,
      create: (...given) => step(() => messages.create(...given)),
      readMessage: (...given) => step(() => messages.readMessage(...given)),
    },
    requests: { claim: (...given) => step(() => requests.claim(...given)) },
    outbound: { enqueue: (...given) => step(() => outbound.enqueue(...given)) },
  };
}

// Claim, create, and one queue message for each of three chunks.
const crashes = [0, 1, 2, 3, 4].flatMap((steps) => [false, true].map((effect): [number, boolean] => [steps, effect]));

test.each(crashes)('a crash after %i steps (next one done: %s) is made good by the repeat', async (steps, effect) => {
  const world = createMessaging();
  const prepared = preparedSend(250);
  const accept = (through: MessagingWorld) =>
    acceptMessage(sendRequest({ requestId: 'r1' }), prepared, { a: 1 }, through);
  await expect(accept(crashing(world, { after: steps, effect }))).rejects.toThrow('the process died');

  const answer = await accept(world);
  expect(answer).toMatchObject({ replayed: steps > 0 || effect });
  expect(answer.recipients.map(({ address }) => address)).toEqual(prepared.recipients.map(({ address }) => address));
  expect(await accept(world)).toEqual({ ...answer, replayed: true });

  const carrier = createScriptedCarrier();
  for (const { job } of takeJobs(world.outbound)) await sendChunk(job, createSending(world, carrier));
  const sent = carrier.batches.flatMap(({ recipients }) =>
    recipients.map(({ recipientId, address }) => ({ id: recipientId, address })),
  );
  expect(sent).toEqual(answer.recipients);
});

describe('where nothing can be queued', () => {
  const away = (world: MessagingWorld): MessagingWorld => ({
    ...world,
    outbound: { enqueue: () => Promise.reject(new Error('the queue is away')) },
  });

  test('a request with a key is refused, and its repeat completes it', async () => {
    const world = createMessaging();
    const request = sendRequest({ requestId: 'r1' });
    await expect(acceptMessage(request, preparedSend(1), {}, away(world))).rejects.toThrow('the queue is away');
    expect(await acceptMessage(request, preparedSend(1), {}, world)).toMatchObject({ replayed: true });
    expect(world.outbound.jobs).toHaveLength(1);
  });

  test('one without is accepted, since a repeat would be another message, and the log tells why', async () => {
    const world = createMessaging();
    const accepted = await acceptMessage(sendRequest(), preparedSend(1), {}, away(world));
    expect(accepted).toMatchObject({ replayed: false, failure: new Error('the queue is away') });
    expect((await world.messages.readMessage(accepted.messageId))?.chunks).toHaveLength(1);
    const headers = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };
    const { answer, log } = await callOperation(
      sendMessage,
      { headers, json: sendBody() },
      { ...world, ...away(world) },
    );
    expect([answer.status, log.map(({ error }) => error)]).toEqual([200, [new Error('the queue is away')]]);
  });
});

test('an address for reports that would never be called is refused, and nothing is stored or queued', async () => {
  const world = { ...createMessaging(), checkDlrUrl: () => 'must not lead to an address of a private network' };
  const headers = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };
  const json = sendBody({ DlrUrl: 'https://10.0.0.1/dlr' });
  const { answer } = await callOperation(sendMessage, { headers, json }, world);
  expect([answer.status, problemsOf(answer)]).toEqual([400, [['CallbackRefused', 'DlrUrl']]]);
  expect(world.outbound.jobs).toEqual([]);
  // What is no address at all is said once.
  const none = await callOperation(sendMessage, { headers, json: sendBody({ DlrUrl: 'x' }) }, world);
  expect(problemsOf(none.answer)).toEqual([['InvalidUrl', 'DlrUrl']]);
});

describe('through the operation', () => {
  const headers = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };

  test('the answer has the names of the contract, and a repeat says that it is one', async () => {
    const world = createMessaging();
    const json = sendBody({ RequestId: 'r1', Recipients: phones(2).map((Address) => ({ Address })) });
    const jsonBody = {
      MessageId: testMessageId(1),
      MessagePartCount: 1,
      Recipients: [
        { Address: '358401000000', Id: `${testMessageId(1)}-00000` },
        { Address: '358401000001', Id: `${testMessageId(1)}-00001` },
      ],
    };
    const first = await callOperation(sendMessage, { headers, json }, world);
    expect(first.answer).toEqual({ status: 200, headers: {}, jsonBody });
    const second = await callOperation(sendMessage, { headers, json: { ...json, CustomerData: '' } }, world);
    expect(second.answer).toEqual({ status: 200, headers: { 'Idempotent-Replay': 'true' }, jsonBody });
  });

  test('a request id that comes with another body or through another service is refused', async () => {
    const world = createMessaging();
    const json = sendBody({ RequestId: 'r1' });
    await callOperation(sendMessage, { headers, json }, world);
    const bodies = await callOperation(sendMessage, { headers, json: { ...json, Content: 'Moi!' } }, world);
    const services = await callOperation(
      sendMessage,
      { headers: { ...headers, 'service-id': 'demo-reply' }, json },
      world,
      {
        access: {
          service: async (_, { id }) => ({ id, name: 'x', type: 'OneWay', senders: ['Arena'], allowsReplies: true }),
        },
      },
    );
    for (const { answer } of [bodies, services]) {
      expect([answer.status, problemsOf(answer)]).toEqual([422, [['RequestIdReused', 'RequestId']]]);
    }
    expect(world.outbound.jobs).toHaveLength(1);
  });

  test('everything that the body says is kept', async () => {
    const world = createMessaging();
    const json = sendBody({
      SendDateTime: '2026-11-23T12:01:00',
      CustomerData: 'cost centre 7',
      AdMessage: false,
      DlrUrl: 'https://example.com/dlr',
      RequestId: 'r1',
    });
    const { answer } = await callOperation(sendMessage, { headers, json }, world);
    const { MessageId: messageId } = answer.jsonBody as { MessageId: string };
    expect(wantsCallbacks(messageId)).toBe(true);
    expect((await world.messages.readMessage(messageId))?.header).toEqual({
      messageId,
      customerId: testCustomer.id,
      serviceId: 'demo-oneway',
      userId: 'demo-user',
      sender: 'Arena',
      protocol: 'SMS',
      acceptedAt: testNow,
      sendAt: after(minute),
      recipientCount: 1,
      chunkCount: 1,
      partCount: 1,
      customerData: 'cost centre 7',
      adMessage: false,
      dlrUrl: 'https://example.com/dlr',
      requestId: 'r1',
    });
    expect(world.outbound.jobs).toEqual(jobsFor(messageId, 1, 60));
  });
});
