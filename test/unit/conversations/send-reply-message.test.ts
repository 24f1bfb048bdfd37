import { describe, expect, test } from 'vitest';

import { inboundIdFor, sendReplyMessage } from '../../../src/conversations/index.ts';
import type { InboundMessage } from '../../../src/conversations/index.ts';
import { createMemoryInboundStore } from '../../support/fakes/inbound-store.ts';
import { createBreaker, inboundMessage, phone } from '../../support/labs/inbound.ts';
import { callOperation, problemsOf, testCustomer, testNow, testService } from '../../support/labs/kernel.ts';
import type { TestRequest } from '../../support/labs/kernel.ts';
import { createMessaging, preparedSend, sendBody, sendRequest, testMessageId } from '../../support/labs/messaging.ts';
import { acceptMessage } from '../../../src/messages/accept/accept-message.ts';
import { newMessageId } from '../../../src/messages/index.ts';

const threadId = 'ab'.repeat(22);
const stored = ['1', '2', '3', '4'].map((digit) => `i${digit.repeat(32)}`);
// The ids as this customer would see them. Two customers can have the same key.
const [inboundId = '', ofOther = '', notRouted = '', nobodys = ''] = stored.map((id) => inboundIdFor('demo', id));
const sentId = testMessageId(201);
const sentByOther = testMessageId(202);

const routed: Partial<InboundMessage> = { state: 'routed', customerId: 'demo', serviceId: 'twoway', threadId };

/** Sets up inbound and sent messages of this customer and of another one. */
async function createReplying() {
  const messaging = createMessaging();
  const inbound = createMemoryInboundStore();
  await inbound.create(inboundMessage({ id: stored[0]!, ...routed }));
  await inbound.create(inboundMessage({ id: stored[1]!, ...routed, customerId: 'other' }));
  await inbound.create(inboundMessage({ id: stored[2]! }));
  await inbound.create(inboundMessage({ id: stored[3]!, state: 'unrouted' }));
  for (const [messageId, customerId] of [
    [sentId, 'demo'],
    [sentByOther, 'other'],
  ] as const) {
    const given = { ...messaging, messages: { ...messaging.messages, newId: () => messageId } };
    await acceptMessage(sendRequest({ customerId }), preparedSend(1), {}, given);
  }
  messaging.messages.queue.jobs.splice(0);
  const deps = { ...messaging, inbound: { store: inbound } };
  const reply = (parent: string, json: unknown = sendBody(), given: typeof deps = deps) =>
    callOperation(sendReplyMessage, requestTo(parent, json), given);
  return { deps, reply };
}

/** A request to answer a message. */
function requestTo(parent: string, json: unknown): TestRequest {
  const headers = { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', authorization: 'Bearer token' };
  return { params: { ParentMessageId: parent }, headers, json };
}

const messageId = testMessageId(1);

describe('a reply', () => {
  test.each([
    ['an inbound message, in its thread', inboundId, { threadId, phone }],
    ['a message that we sent', sentId, {}],
  ])('answers %s', async (_, parent, link) => {
    const { deps, reply } = await createReplying();
    const { answer } = await reply(parent);
    expect(answer).toEqual({
      status: 200,
      headers: {},
      jsonBody: {
        MessageId: messageId,
        MessagePartCount: 1,
        Recipients: [{ Address: '358401234567', Id: `${messageId}-00000` }],
      },
    });
    const stored = await deps.messages.store.readMessage(messageId);
    expect(stored?.header).toEqual({
      messageId,
      customerId: 'demo',
      serviceId: 'demo-oneway',
      userId: 'demo-user',
      sender: 'Arena',
      protocol: 'SMS',
      acceptedAt: testNow,
      recipientCount: 1,
      chunkCount: 1,
      partCount: 1,
      parentMessageId: parent,
    });
    expect(stored?.chunks.map((chunk) => chunk.reply)).toEqual([link]);
    expect(deps.messages.queue.jobs).toEqual([{ job: { messageId, chunk: 0 }, delaySeconds: 0 }]);
  });

  test('to an inbound message without a known thread leaves the thread open', async () => {
    const { deps, reply } = await createReplying();
    const { threadId: _, ...without } = inboundMessage({ id: `i${'5'.repeat(32)}`, ...routed });
    await deps.inbound.store.create(without);
    expect((await reply(inboundIdFor('demo', without.id))).answer.status).toBe(200);
    expect((await deps.messages.store.readChunk(messageId, 0))?.chunk.reply).toEqual({});
  });

  test('fills placeholders for each recipient, as any send does', async () => {
    const { deps, reply } = await createReplying();
    const recipients = [
      { Address: '+358 40 1234567', Personalization: { name: 'Aino' } },
      { Address: '0401234568', Personalization: { name: 'Väinö' } },
    ];
    await reply(inboundId, sendBody({ Content: 'Hei $(name)', Recipients: recipients }));
    const chunk = (await deps.messages.store.readChunk(messageId, 0))?.chunk;
    expect(chunk).toMatchObject({
      content: 'Hei $(name)',
      recipients: [
        { address: '358401234567', parts: 1, values: ['Aino'] },
        { address: '358401234568', parts: 1, values: ['Väinö'] },
      ],
      reply: { threadId, phone },
    });
  });

  test('requires a OneWay service that allows replies', async () => {
    const { deps } = await createReplying();
    const demands: unknown[] = [];
    const { steps } = await callOperation(sendReplyMessage, requestTo(inboundId, sendBody()), deps, {
      access: {
        async service(_, named, demand) {
          demands.push([named, demand]);
          return testService;
        },
      },
    });
    expect(demands).toEqual([
      [
        { id: 'demo-oneway', parameter: 'Service-Id' },
        { parameter: 'Service-Id', type: 'OneWay', replies: true },
      ],
    ]);
    expect(steps).toEqual([
      'authenticate Bearer token',
      'customer demo in Customer-Id for demo-user',
      'service demo-oneway in Service-Id of demo as OneWay',
      'body',
    ]);
  });

  test('with a request id is sent once; the id is refused for another message or service', async () => {
    const { deps, reply } = await createReplying();
    const body = sendBody({ RequestId: 'r1' });
    const first = await reply(inboundId, body);
    const again = await reply(inboundId, body);
    expect(again.answer).toEqual({ ...first.answer, headers: { 'Idempotent-Replay': 'true' } });
    const jobs = [...deps.messages.queue.jobs];
    const service = async () => ({ ...testService, id: 'another' });
    for (const other of [
      await reply(sentId, body),
      await callOperation(sendReplyMessage, requestTo(inboundId, body), deps, { access: { service } }),
    ]) {
      expect([other.answer.status, problemsOf(other.answer)]).toEqual([422, [['RequestIdReused', 'RequestId']]]);
    }
    expect(deps.messages.queue.jobs).toEqual(jobs);
  });

  test('reads one row of the message that it answers', async () => {
    const { deps, reply } = await createReplying();
    const breaker = createBreaker();
    const wrapped = {
      ...deps,
      inbound: { ...deps.inbound, store: breaker.wrap(deps.inbound.store) },
      messages: { ...deps.messages, store: breaker.wrap(deps.messages.store) },
    };
    await reply(inboundId, sendBody(), wrapped);
    await reply(sentId, sendBody(), wrapped);
    expect(breaker.calls.map(({ name }) => name)).toEqual(['read', 'create', 'readHeader', 'create']);
  });

  test('reads nothing of another customer', async () => {
    const { deps, reply } = await createReplying();
    const breaker = createBreaker();
    const wrapped = {
      ...deps,
      inbound: { ...deps.inbound, store: breaker.wrap(deps.inbound.store) },
      messages: { ...deps.messages, store: breaker.wrap(deps.messages.store) },
    };
    for (const id of [
      inboundIdFor('other', stored[1]!),
      newMessageId({ customerId: 'other', dueAt: testNow, callbacks: false }, 1, () => new Uint8Array(6)),
    ]) {
      expect((await reply(id, sendBody(), wrapped)).answer.status).toBe(404);
    }
    expect(breaker.calls).toEqual([]);
  });

  test('is not sent if storage fails', async () => {
    const { deps, reply } = await createReplying();
    const breaker = createBreaker();
    breaker.breakCall(1, 'before');
    const { answer } = await reply(inboundId, sendBody(), {
      ...deps,
      inbound: { ...deps.inbound, store: breaker.wrap(deps.inbound.store) },
    });
    expect([answer.status, problemsOf(answer)]).toEqual([500, [['InternalError', undefined]]]);
    expect(deps.messages.queue.jobs).toEqual([]);
  });
});

const unknown: [string, string | undefined] = ['MessageNotFound', 'ParentMessageId'];

describe('a reply is refused', () => {
  test.each<[string, string, Record<string, unknown>, { status: number; problems: [string, string | undefined][] }]>([
    [
      'to an unknown inbound message',
      inboundIdFor('demo', `i${'9'.repeat(32)}`),
      {},
      { status: 404, problems: [unknown] },
    ],
    ['to an unknown sent message', testMessageId(99), {}, { status: 404, problems: [unknown] }],
    ['to another customer’s inbound message', ofOther, {}, { status: 404, problems: [unknown] }],
    ['to another customer’s sent message', sentByOther, {}, { status: 404, problems: [unknown] }],
    ['to an id of another customer', inboundIdFor('other', stored[1]!), {}, { status: 404, problems: [unknown] }],
    ['to an id without the customer', stored[0]!, {}, { status: 404, problems: [unknown] }],
    ['to a message that has no service yet', notRouted, {}, { status: 404, problems: [unknown] }],
    ['to an unrouted message', nobodys, {}, { status: 404, problems: [unknown] }],
    ['to a text', 'hello', {}, { status: 404, problems: [unknown] }],
    ['to an id in upper case', inboundId.toUpperCase(), {}, { status: 404, problems: [unknown] }],
    ['to an id with more characters after it', `${inboundId}'`, {}, { status: 404, problems: [unknown] }],
    ['to a recipient’s id', `${sentId}-00000`, {}, { status: 404, problems: [unknown] }],
    ['to a thread', threadId, {}, { status: 404, problems: [unknown] }],
    ['to nothing', ' ', {}, { status: 400, problems: [['MissingParameter', 'ParentMessageId']] }],
    ['to a NUL character', 'a\0b', {}, { status: 400, problems: [['InvalidCharacters', 'ParentMessageId']] }],
    ['without text', inboundId, { Content: '' }, { status: 400, problems: [['MissingField', 'Content']] }],
    ['with null as its text', inboundId, { Content: null }, { status: 400, problems: [['MissingField', 'Content']] }],
    ['with only spaces', inboundId, { Content: ' \n\t' }, { status: 400, problems: [['EmptyContent', 'Content']] }],
    [
      'with a NUL character',
      inboundId,
      { Content: 'a\0b' },
      { status: 400, problems: [['InvalidCharacters', 'Content']] },
    ],
    [
      'with 256 parts',
      inboundId,
      { Content: 'x'.repeat(255 * 153 + 1) },
      { status: 400, problems: [['ContentTooLong', 'Content']] },
    ],
    [
      'from a sender that is not allowed',
      inboundId,
      { Sender: 'Stranger' },
      { status: 400, problems: [['SenderNotAllowed', 'Sender']] },
    ],
    ['to nobody', inboundId, { Recipients: [] }, { status: 400, problems: [['InvalidField', 'Recipients']] }],
    ['by WhatsApp', inboundId, { Protocol: 'WhatsApp' }, { status: 400, problems: [['InvalidField', 'Protocol']] }],
    [
      'to an invalid phone number',
      inboundId,
      { Recipients: [{ Address: '12' }] },
      { status: 400, problems: [['InvalidPhoneNumber', 'Recipients[0].Address']] },
    ],
    [
      'with an attachment',
      inboundId,
      { AttachmentUri: 'https://example.com/a.png' },
      { status: 400, problems: [['AttachmentNotCarried', 'AttachmentUri']] },
    ],
    [
      'with all its problems at once',
      ofOther,
      { Content: ' ', Sender: 'Stranger' },
      { status: 404, problems: [unknown, ['SenderNotAllowed', 'Sender'], ['EmptyContent', 'Content']] },
    ],
  ])('%s', async (_, parent, fields, { status, problems }) => {
    const { deps, reply } = await createReplying();
    const { answer } = await reply(parent, sendBody(fields));
    expect([answer.status, problemsOf(answer)]).toEqual([status, problems]);
    expect(deps.messages.queue.jobs).toEqual([]);
    expect(await deps.messages.store.readMessage(messageId)).toBeUndefined();
  });

  test('with the same answer for an unknown and another customer’s message', async () => {
    const { reply } = await createReplying();
    const answers = await Promise.all(
      [ofOther, sentByOther, `i${'9'.repeat(32)}`, 'x'].map(async (parent) => (await reply(parent)).answer),
    );
    expect(answers).toEqual(answers.map(() => answers[0]));
  });

  test('to a message of a customer other than the one it is sent for', async () => {
    const { deps } = await createReplying();
    const customer = async () => ({ ...testCustomer, id: 'other' });
    const { answer } = await callOperation(sendReplyMessage, requestTo(inboundId, sendBody()), deps, {
      access: { customer },
    });
    expect(problemsOf(answer)).toEqual([unknown]);
  });

  test('to a malformed id, without asking the store', async () => {
    const { deps, reply } = await createReplying();
    const breaker = createBreaker();
    const ports = {
      inbound: { store: breaker.wrap(deps.inbound.store) },
      messages: { ...deps.messages, store: breaker.wrap(deps.messages.store) },
    };
    await reply("x'; drop", sendBody(), { ...deps, ...ports });
    expect(breaker.calls).toEqual([]);
  });
});
