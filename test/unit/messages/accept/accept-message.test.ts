import { describe, expect, test } from 'vitest';

import { acceptMessage, delayUntil } from '../../../../src/messages/accept/accept-message.ts';
import { createRecentIds } from '../../../../src/messages/accept/recent-ids.ts';
import { wantsCallbacks } from '../../../../src/messages/message-id.ts';
import type { ChunkRecipient } from '../../../../src/messages/index.ts';
import { sendChunk } from '../../../../src/messages/deliver/send-chunk.ts';
import { sendMessage } from '../../../../src/messages/index.ts';
import { after, callOperation, problemsOf, testCustomer, testNow } from '../../../support/labs/kernel.ts';
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
import type { AcceptDeps } from '../../../../src/messages/deps.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

/** The jobs of a message's chunks, all with the same delay. */
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
    const deps = createMessaging();
    const prepared = preparedSend(count);
    const accepted = await acceptMessage(sendRequest(), prepared, {}, deps);
    const messageId = testMessageId(1);
    const stored = await deps.messages.store.readMessage(messageId);
    expect(stored?.chunks.map(({ recipients }) => recipients.length)).toEqual(sizes);
    expect(stored?.chunks.flatMap(({ recipients }) => recipients)).toEqual(prepared.recipients);
    expect(stored?.header).toMatchObject({ recipientCount: count, chunkCount: sizes.length });
    expect(deps.messages.queue.jobs).toEqual(jobsFor(messageId, sizes.length));
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

  test('hold everything that a worker needs; the header holds what never changes', async () => {
    const deps = createMessaging();
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
    const { messageId, partCount } = await acceptMessage(sendRequest(details), prepared, {}, deps);
    expect(partCount).toBe(2);
    expect(await deps.messages.store.readMessage(messageId)).toEqual({
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

  test('are smaller if values are long; one recipient always fits', async () => {
    const withValues = (length: number, count: number) =>
      phones(count).map((address): ChunkRecipient => ({ address, parts: 200, values: ['x'.repeat(length)] }));
    const sizesOf = async (recipients: readonly ChunkRecipient[], content = '$(a)') => {
      const deps = createMessaging();
      const { messageId } = await acceptMessage(sendRequest(), preparedSend(0, { content, recipients }), {}, deps);
      const chunks = (await deps.messages.store.readMessage(messageId))?.chunks ?? [];
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
    const deps = createMessaging();
    const sendAt = after(90_500);
    const { messageId } = await acceptMessage(sendRequest(), preparedSend(101, { sendAt }), {}, deps);
    expect(deps.messages.queue.jobs).toEqual(jobsFor(messageId, 2, 91));
    const stored = await deps.messages.store.readMessage(messageId);
    expect(stored?.header.sendAt).toEqual(sendAt);
    expect(stored?.chunks.map((chunk) => [chunk.sendAt, new Set(chunk.statuses)])).toEqual([
      [sendAt, new Set(['scheduled'])],
      [sendAt, new Set(['scheduled'])],
    ]);
  });

  test('are delayed no longer than the queue holds a message back', () => {
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
  const accept = (deps: AcceptDeps, details: Parameters<typeof sendRequest>[0] = {}, body: unknown = { a: 1 }) =>
    acceptMessage(sendRequest({ requestId: 'r1', ...details }), prepared, body, deps);

  test('give a repeat the same answer, and queue nothing that was sent', async () => {
    const deps = createMessaging();
    const first = await accept(deps);
    const carrier = createScriptedCarrier();
    const sending = createSending(deps, carrier);
    const [one, ...others] = takeJobs(deps.messages.queue);
    expect(await sendChunk(one!.job, sending)).toBe('sent');

    // This process has queued the second chunk; another process can not know that.
    expect(await accept(deps, { acceptedAt: after(minute) })).toEqual({ ...first, replayed: true });
    expect(takeJobs(deps.messages.queue)).toEqual([]);
    const elsewhere = { ...deps, messages: { ...deps.messages, recentlyQueued: createRecentIds() } };
    expect(await accept(elsewhere, { acceptedAt: after(minute) })).toEqual({ ...first, replayed: true });
    expect(takeJobs(deps.messages.queue)).toEqual(others);

    for (const { job } of others) await sendChunk(job, sending);
    expect(await accept(deps, { acceptedAt: after(day) })).toEqual({ ...first, replayed: true });
    expect(deps.messages.queue.jobs).toEqual([]);
    expect(carrier.batches).toHaveLength(2);
  });

  test('recognise a repeat whose fields stand in another order', async () => {
    const deps = createMessaging();
    const first = await accept(deps, {}, { a: { x: 1, y: [{ p: 1, q: 2 }] }, b: null });
    const again = await accept(deps, {}, { b: null, a: { y: [{ q: 2, p: 1 }], x: 1 } });
    expect(again).toEqual({ ...first, replayed: true });
  });

  test('are refused for a request with other content, and nothing is stored', async () => {
    const others: unknown[] = [{}, { a: 2 }, { a: '1' }, { a: [1] }, { a: 1, b: null }, [{ a: 1 }], null, { b: 1 }];
    for (const body of others) {
      const deps = createMessaging();
      await accept(deps);
      takeJobs(deps.messages.queue);
      await expect(accept(deps, {}, body)).rejects.toMatchObject({ code: 'RequestIdReused', status: 422 });
      expect(deps.messages.queue.jobs).toEqual([]);
      expect(await deps.messages.store.readMessage(testMessageId(2))).toBeUndefined();
    }
    const inOrder = createMessaging();
    await accept(inOrder, {}, { list: [1, 2] });
    await expect(accept(inOrder, {}, { list: [2, 1] })).rejects.toMatchObject({ code: 'RequestIdReused' });
  });

  test('are remembered for 7 days, to the millisecond', async () => {
    const deps = createMessaging();
    const first = await accept(deps);
    expect(await accept(deps, { acceptedAt: after(7 * day) })).toEqual({ ...first, replayed: true });
    const later = await accept(deps, { acceptedAt: after(7 * day + 1) }, { another: 'request' });
    expect([later.messageId === first.messageId, later.replayed]).toEqual([false, false]);
    expect(await accept(deps, { acceptedAt: after(14 * day) }, { another: 'request' })).toEqual({
      ...later,
      replayed: true,
    });
  });

  test('are separate for each customer', async () => {
    const deps = createMessaging();
    const mine = await accept(deps);
    const theirs = await accept(deps, { customerId: 'other' }, { another: 'request' });
    expect([theirs.messageId === mine.messageId, theirs.replayed]).toEqual([false, false]);
  });

  test('make one message of 20 simultaneous requests', async () => {
    const deps = createMessaging();
    const answers = await Promise.all(Array.from({ length: 20 }, () => accept(deps)));
    expect(new Set(answers.map(({ messageId }) => messageId)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    const carrier = createScriptedCarrier();
    for (const { job } of takeJobs(deps.messages.queue)) await sendChunk(job, createSending(deps, carrier));
    const sentTo = carrier.batches.flatMap(({ recipients }) => recipients.map(({ address }) => address));
    expect(sentTo.sort()).toEqual(prepared.recipients.map(({ address }) => address).sort());
  });

  test('are optional: each request without one is a message of its own', async () => {
    const deps = createMessaging();
    const answers = [1, 2].map(() => acceptMessage(sendRequest(), prepared, { a: 1 }, deps));
    const [first, second] = await Promise.all(answers);
    expect([first?.messageId, second?.messageId]).toEqual([testMessageId(1), testMessageId(2)]);
  });
});

/** Makes the storage operation after `allowed` ones fail, before or after its effect, and all operations after it. */
function crashing(deps: AcceptDeps, { after: allowed, effect }: { after: number; effect: boolean }): AcceptDeps {
  let done = 0;
  const step = async <T>(operation: () => Promise<T>): Promise<T> => {
    done += 1;
    if (done <= allowed) return operation();
    if (done === allowed + 1 && effect) await operation();
    throw new Error('the process died');
  };
  const { messages } = deps;
  return {
    ...deps,
    messages: {
      ...deps.messages,
      recentlyQueued: createRecentIds(),
      store: {
        ...messages.store,
        create: (...given) => step(() => messages.store.create(...given)),
        readMessage: (...given) => step(() => messages.store.readMessage(...given)),
      },
      requests: { claim: (...given) => step(() => messages.requests.claim(...given)) },
      queue: { enqueue: (...given) => step(() => messages.queue.enqueue(...given)) },
    },
  };
}

// Claim, create, and one queue message for each of three chunks.
const crashes = [0, 1, 2, 3, 4].flatMap((steps) => [false, true].map((effect): [number, boolean] => [steps, effect]));

test.each(crashes)(
  'a repeat completes a send that crashed after %i steps (next one done: %s)',
  async (steps, effect) => {
    const deps = createMessaging();
    const prepared = preparedSend(250);
    const accept = (through: AcceptDeps) =>
      acceptMessage(sendRequest({ requestId: 'r1' }), prepared, { a: 1 }, through);
    await expect(accept(crashing(deps, { after: steps, effect }))).rejects.toThrow('the process died');

    const answer = await accept(deps);
    expect(answer).toMatchObject({ replayed: steps > 0 || effect });
    expect(answer.recipients.map(({ address }) => address)).toEqual(prepared.recipients.map(({ address }) => address));
    expect(await accept(deps)).toEqual({ ...answer, replayed: true });

    const carrier = createScriptedCarrier();
    for (const { job } of takeJobs(deps.messages.queue)) await sendChunk(job, createSending(deps, carrier));
    const sent = carrier.batches.flatMap(({ recipients }) =>
      recipients.map(({ recipientId, address }) => ({ id: recipientId, address })),
    );
    expect(sent).toEqual(answer.recipients);
  },
);

describe('if nothing can be queued', () => {
  const away = (deps: AcceptDeps): AcceptDeps => ({
    ...deps,
    messages: { ...deps.messages, queue: { enqueue: () => Promise.reject(new Error('the queue is away')) } },
  });

  test('refuses a request with a key, and its repeat completes it', async () => {
    const deps = createMessaging();
    const request = sendRequest({ requestId: 'r1' });
    await expect(acceptMessage(request, preparedSend(1), {}, away(deps))).rejects.toThrow('the queue is away');
    expect(await acceptMessage(request, preparedSend(1), {}, deps)).toMatchObject({ replayed: true });
    expect(deps.messages.queue.jobs).toHaveLength(1);
  });

  test('accepts a request without a key, because a repeat would be another message, and logs why', async () => {
    const deps = createMessaging();
    const accepted = await acceptMessage(sendRequest(), preparedSend(1), {}, away(deps));
    expect(accepted).toMatchObject({ replayed: false, failure: new Error('the queue is away') });
    expect((await deps.messages.store.readMessage(accepted.messageId))?.chunks).toHaveLength(1);
    const headers = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };
    const { answer, log } = await callOperation(sendMessage, { headers, json: sendBody() }, { ...deps, ...away(deps) });
    expect([answer.status, log.map(({ error }) => error)]).toEqual([200, [new Error('the queue is away')]]);
  });
});

test('SendMessage refuses a DlrUrl that would never be called, and queues nothing', async () => {
  const messaging = createMessaging();
  const checkDlrUrl = () => 'must not lead to an address of a private network';
  const deps = { ...messaging, messages: { ...messaging.messages, checkDlrUrl } };
  const headers = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };
  const json = sendBody({ DlrUrl: 'https://10.0.0.1/dlr' });
  const { answer } = await callOperation(sendMessage, { headers, json }, deps);
  expect([answer.status, problemsOf(answer)]).toEqual([400, [['CallbackRefused', 'DlrUrl']]]);
  expect(deps.messages.queue.jobs).toEqual([]);
  // A text that is not an address is one problem only.
  const none = await callOperation(sendMessage, { headers, json: sendBody({ DlrUrl: 'x' }) }, deps);
  expect(problemsOf(none.answer)).toEqual([['InvalidUrl', 'DlrUrl']]);
});

describe('SendMessage', () => {
  const headers = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };

  test('answers with the names of the contract, and marks the answer to a repeat', async () => {
    const deps = createMessaging();
    const json = sendBody({ RequestId: 'r1', Recipients: phones(2).map((Address) => ({ Address })) });
    const jsonBody = {
      MessageId: testMessageId(1),
      MessagePartCount: 1,
      Recipients: [
        { Address: '358401000000', Id: `${testMessageId(1)}-00000` },
        { Address: '358401000001', Id: `${testMessageId(1)}-00001` },
      ],
    };
    const first = await callOperation(sendMessage, { headers, json }, deps);
    expect(first.answer).toEqual({ status: 200, headers: {}, jsonBody });
    const second = await callOperation(sendMessage, { headers, json: { ...json, CustomerData: '' } }, deps);
    expect(second.answer).toEqual({ status: 200, headers: { 'Idempotent-Replay': 'true' }, jsonBody });
  });

  test('refuses a request id that was used with another body or service', async () => {
    const deps = createMessaging();
    const json = sendBody({ RequestId: 'r1' });
    await callOperation(sendMessage, { headers, json }, deps);
    const bodies = await callOperation(sendMessage, { headers, json: { ...json, Content: 'Moi!' } }, deps);
    const services = await callOperation(
      sendMessage,
      { headers: { ...headers, 'service-id': 'demo-reply' }, json },
      deps,
      {
        access: {
          service: async (_, { id }) => ({ id, name: 'x', type: 'OneWay', senders: ['Arena'], allowsReplies: true }),
        },
      },
    );
    for (const { answer } of [bodies, services]) {
      expect([answer.status, problemsOf(answer)]).toEqual([422, [['RequestIdReused', 'RequestId']]]);
    }
    expect(deps.messages.queue.jobs).toHaveLength(1);
  });

  test('stores every field of the body', async () => {
    const deps = createMessaging();
    const json = sendBody({
      SendDateTime: '2026-11-23T12:01:00',
      CustomerData: 'cost centre 7',
      AdMessage: false,
      DlrUrl: 'https://example.com/dlr',
      RequestId: 'r1',
    });
    const { answer } = await callOperation(sendMessage, { headers, json }, deps);
    const { MessageId: messageId } = answer.jsonBody as { MessageId: string };
    expect(wantsCallbacks(messageId)).toBe(true);
    expect((await deps.messages.store.readMessage(messageId))?.header).toEqual({
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
    expect(deps.messages.queue.jobs).toEqual(jobsFor(messageId, 1, 60));
  });
});
