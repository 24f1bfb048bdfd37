import { describe, expect, test } from 'vitest';

import { newThreadId } from '../../../src/conversations/thread-id.ts';
import { sendDiscussionReplyMessage } from '../../../src/conversations/index.ts';
import type { Conversation } from '../../../src/conversations/index.ts';
import { customerKey } from '../../../src/directory/index.ts';
import { sendChunk } from '../../../src/messages/deliver/send-chunk.ts';
import type { ErrorBody } from '../../../src/operation/errors.ts';
import type { OutgoingResponse } from '../../../src/operation/dispatch.ts';
import { createMemoryThreadStore } from '../../support/fakes/thread-store.ts';
import { createBreaker, directoryOf, phone, receivingService } from '../../support/labs/inbound.ts';
import { callOperation, problemsOf, testCustomer, testNow, testService } from '../../support/labs/kernel.ts';
import { createMessaging, createScriptedCarrier, createSending, testMessageId } from '../../support/labs/messaging.ts';

const sms: Conversation = { customerId: 'demo', channel: 'SMS', address: '16400', phone };
const whatsApp: Conversation = { ...sms, channel: 'WhatsApp', address: '358401000001' };
const others: Conversation = { ...sms, customerId: 'other' };
const orphan: Conversation = { ...sms, address: '16401' };
const stolen: Conversation = { ...sms, address: '16402' };
const moved: Conversation = { ...sms, address: '16403' };
const begunByUs: Conversation = { ...sms, address: 'Arena' };

const idOf = (conversation: Conversation): string => newThreadId(conversation, testNow);
const smsThread = idOf(sms);
const whatsAppThread = idOf(whatsApp);
const messageId = testMessageId(1);

/**
 * Sets up threads of two customers. One thread has lost its service, one belongs to a service that is now the other
 * customer's, and one is on an address that its service no longer has.
 */
async function createDiscussing(received: { lastReceivedAt?: Date } = { lastReceivedAt: testNow }) {
  const threads = createMemoryThreadStore();
  for (const [conversation, serviceId] of [
    [sms, 'twoway'],
    [whatsApp, 'whatsapp'],
    [others, 'others-twoway'],
    [orphan, 'gone'],
    [stolen, 'others-twoway'],
    [moved, 'twoway'],
    [begunByUs, 'sending'],
  ] as const) {
    const threadId = idOf(conversation);
    const entry = { id: 'i1', direction: 'in', messageId: 'i1', at: testNow } as const;
    const started = { ...conversation, threadId, serviceId, startedAt: testNow };
    const next = { threadId, lastActiveAt: testNow, ...received };
    expect(await threads.enter(conversation, { entry, next, version: undefined, started })).toBe('done');
  }
  const directory = directoryOf({
    demo: [
      receivingService('first', ['First']),
      receivingService('twoway'),
      receivingService('whatsapp', [], { protocol: 'WhatsApp', address: '+358 40 100 0001' }),
      { ...testService, id: 'sending', senders: ['ARENA'] },
    ],
    other: [receivingService('others-twoway', ['Other'])],
  });
  const deps = { ...createMessaging(), threads: { store: threads }, directory };
  const reply = (json: unknown, given: typeof deps = deps) =>
    callOperation(sendDiscussionReplyMessage, { headers: { CustomerId: 'demo' }, json }, given);
  return { deps, reply };
}

describe('in a WhatsApp thread', () => {
  const before = (milliseconds: number): { lastReceivedAt: Date } => ({
    lastReceivedAt: new Date(testNow.getTime() - milliseconds),
  });
  const day = 24 * 3_600_000;
  const body = { ThreadId: whatsAppThread, Content: 'Kiitos' };

  test.for([
    ['a day ago', before(day)],
    ['longer ago', before(30 * day)],
    ['never', {}],
  ] as const)(
    'whose phone last wrote: %s, a reply is refused with a reason, and nothing is stored',
    async ([, received]) => {
      const { deps, reply } = await createDiscussing(received);
      const { answer } = await reply(body);
      expect([answer.status, problemsOf(answer)]).toEqual([400, [['WindowClosed', 'ThreadId']]]);
      expect(deps.messages.queue.jobs).toEqual([]);
      // SMS has no such window.
      expect((await reply({ ...body, ThreadId: smsThread })).answer.status).toBe(200);
    },
  );

  test('whose phone wrote within a day, a reply is accepted', async () => {
    const { reply } = await createDiscussing(before(day - 1));
    expect((await reply(body)).answer.status).toBe(200);
  });
});

describe('a reply in a thread', () => {
  test.each<[string, Record<string, string>, object]>([
    ['its request id', {}, { RequestId: 'r1' }],
    ['its Idempotency-Key', { 'Idempotency-Key': 'r1' }, {}],
    ['its run and action', { 'x-ms-workflow-run-id': 'run', 'x-ms-action-tracking-id': 'action' }, {}],
  ])('is not sent again if it is a repeat by %s', async (_, more, details) => {
    const { deps } = await createDiscussing();
    const request = {
      headers: { CustomerId: 'demo', ...more },
      json: { ThreadId: smsThread, Content: 'Kiitos', ...details },
    };
    const first = await callOperation(sendDiscussionReplyMessage, request, deps);
    const again = await callOperation(sendDiscussionReplyMessage, request, deps);
    expect(again.answer).toEqual({ ...first.answer, headers: { 'Idempotent-Replay': 'true' } });
    expect(deps.messages.queue.jobs).toHaveLength(1);
  });

  test.each([
    ['SMS', smsThread, sms, 'twoway'],
    ['WhatsApp', whatsAppThread, whatsApp, 'whatsapp'],
    ['SMS', idOf(begunByUs), begunByUs, 'sending'],
  ] as const)('is sent by %s, from its address, to its phone', async (protocol, threadId, { address }, serviceId) => {
    const { deps, reply } = await createDiscussing();
    const { answer } = await reply({ ThreadId: threadId, Content: 'Kiitos 😀', CustomerData: 'cost centre 7' });
    expect(answer).toEqual({
      status: 200,
      headers: {},
      jsonBody: {
        MessageId: messageId,
        MessagePartCount: 1,
        Recipients: [{ Address: phone, Id: `${messageId}-00000` }],
        ThreadId: threadId,
      },
    });
    const common = { messageId, customerId: 'demo', serviceId, sender: address, protocol };
    expect(await deps.messages.store.readMessage(messageId)).toEqual({
      header: {
        ...common,
        userId: 'demo-user',
        acceptedAt: testNow,
        recipientCount: 1,
        chunkCount: 1,
        partCount: 1,
        customerData: 'cost centre 7',
        threadId,
      },
      chunks: [
        {
          ...common,
          index: 0,
          content: 'Kiitos 😀',
          recipients: [{ address: phone, parts: 1, values: [] }],
          reply: { threadId, phone },
          statuses: ['accepted'],
          notes: new Map(),
          references: new Map(),
          attempts: 0,
          updatedAt: testNow,
        },
      ],
      fallbacks: [],
      journal: [],
    });
    expect(deps.messages.queue.jobs).toEqual([{ job: { messageId, chunk: 0 }, delaySeconds: 0 }]);
  });

  test.each(['Hei $(name)', '$($)(name)', '$($(a))', '$(', '$()', '$($)($)(', '100 $ ($)', '$$(a)$(b)'])(
    'has no placeholders: %j arrives as it is',
    async (content) => {
      const { deps, reply } = await createDiscussing();
      expect((await reply({ ThreadId: smsThread, Content: content })).answer.status).toBe(200);
      const carrier = createScriptedCarrier();
      await sendChunk({ messageId, chunk: 0 }, createSending(deps, carrier));
      expect(carrier.batches.map(({ sender, recipients }) => [sender, recipients])).toEqual([
        ['16400', [{ recipientId: `${messageId}-00000`, address: phone, content, parts: 1 }]],
      ]);
    },
  );

  test('counts the parts of the SMS that the phone gets, and warns of many', async () => {
    const { deps, reply } = await createDiscussing();
    const { answer } = await reply({ ThreadId: smsThread, Content: 'x'.repeat(3 * 153 + 1) });
    expect([answer.status, answer.jsonBody]).toEqual([200, expect.objectContaining({ MessagePartCount: 4 })]);
    expect(answer.headers['Warning']).toMatch(/^299 - "The text takes 4 message parts/);
    expect((await deps.messages.store.readChunk(messageId, 0))?.chunk.recipients[0]?.parts).toBe(4);
  });

  test.each([
    ['SMS of 255 parts', smsThread, 'x'.repeat(255 * 153), 255],
    ['SMS of 255 parts with text like placeholders', smsThread, '$('.repeat((255 * 153 - 1) / 2), 255],
    ['WhatsApp of 4,096 characters', whatsAppThread, 'ж'.repeat(4_096), 1],
  ])('may be %s', async (_, threadId, content, parts) => {
    const { reply } = await createDiscussing();
    const { answer } = await reply({ ThreadId: threadId, Content: content });
    expect([answer.status, answer.jsonBody]).toEqual([200, expect.objectContaining({ MessagePartCount: parts })]);
  });

  test('is stored with each umlaut as one character', async () => {
    const { deps, reply } = await createDiscussing();
    await reply({ ThreadId: smsThread, Content: 'Hyvää\npäivää'.normalize('NFD') });
    expect((await deps.messages.store.readChunk(messageId, 0))?.chunk.content).toBe('Hyvää\npäivää');
  });

  test('checks the customer, but no service', async () => {
    const { deps } = await createDiscussing();
    const headers = { CustomerId: 'demo', authorization: 'Bearer token' };
    const json = { ThreadId: smsThread, Content: 'Hei' };
    const { steps } = await callOperation(sendDiscussionReplyMessage, { headers, json }, deps);
    expect(steps).toEqual(['authenticate Bearer token', 'customer demo in CustomerId for demo-user', 'body']);
  });
});

/** Returns the sentences with which an answer describes its problems, without the remedies. */
function messagesOf({ jsonBody }: OutgoingResponse): string[] {
  const { error } = jsonBody as ErrorBody;
  return (error.details ?? [error]).map(({ message }) => message.replace(/\. .*$/, '.'));
}

describe('a reply with buttons', () => {
  const withButtons = { ThreadId: whatsAppThread, Content: 'Sopiiko?' };

  test.each<[string, unknown, string[]]>([
    ['one', ['Kyllä'], ['Kyllä']],
    [
      'three of the max length',
      ['a', 'b', 'c'].map((letter) => letter.repeat(20)),
      ['a', 'b', 'c'].map((letter) => letter.repeat(20)),
    ],
    ['spaces around, which are removed', ['  Kyllä\t', '\nEi '], ['Kyllä', 'Ei']],
    ['umlauts, which become single characters', ['ä'.repeat(20).normalize('NFD')], ['ä'.repeat(20)]],
    ['emojis, also of several parts', ['👩‍👩‍👧', '👍 $(ok)'], ['👩‍👩‍👧', '👍 $(ok)']],
  ])('submits them to the carrier: %s', async (_, Buttons, labels) => {
    const { deps, reply } = await createDiscussing();
    const { answer } = await reply({ ...withButtons, Buttons });
    expect([answer.status, answer.jsonBody]).toEqual([200, expect.objectContaining({ MessagePartCount: 1 })]);
    expect((await deps.messages.store.readChunk(messageId, 0))?.chunk.buttons).toEqual(labels);
    const carrier = createScriptedCarrier();
    await sendChunk({ messageId, chunk: 0 }, createSending(deps, carrier));
    expect(carrier.batches).toMatchObject([{ protocol: 'WhatsApp', buttons: labels }]);
  });

  test.each([
    ['null', null],
    ['empty text', ''],
    ['an empty list', []],
  ])('has none if they are %s, on any channel', async (_, Buttons) => {
    for (const [ThreadId, Content] of [
      [smsThread, 'Hei'],
      [whatsAppThread, 'x'.repeat(4_096)],
    ]) {
      const { deps, reply } = await createDiscussing();
      expect((await reply({ ThreadId, Content, Buttons })).answer.status).toBe(200);
      const { chunk } = (await deps.messages.store.readChunk(messageId, 0))!;
      expect(chunk).not.toHaveProperty('buttons');
    }
  });

  test('may have a text of 1,024 characters', async () => {
    const { reply } = await createDiscussing();
    const { answer } = await reply({ ...withButtons, Content: 'ж'.repeat(1_024), Buttons: ['Kyllä'] });
    expect(answer.status).toBe(200);
  });

  test('is a different request from one without them', async () => {
    const { reply } = await createDiscussing();
    const keyed = { ...withButtons, RequestId: 'r1' };
    expect((await reply({ ...keyed, Buttons: ['Kyllä'] })).answer.status).toBe(200);
    expect(problemsOf((await reply(keyed)).answer)).toEqual([['RequestIdReused', 'RequestId']]);
  });

  const sentence = (rule: string, place = 'Buttons[1]') => [`${place} ${rule}.`];
  const tooLong = sentence('must be at most 20 characters long');
  const invisible = sentence('must have a visible character');
  const broken = sentence('must not have line breaks or control characters');
  const asText = sentence('must be text');
  test.each<[string, unknown, string[]]>([
    ['text', { Buttons: 'Kyllä' }, ['Buttons must be a list.']],
    ['an object', { Buttons: { 0: 'Kyllä' } }, ['Buttons must be a list.']],
    ['four', { Buttons: ['1', '2', '3', '4'] }, ['Buttons must have at most 3 entries.']],
    ['with a number among them', { Buttons: ['Kyllä', 7] }, asText],
    ['with null among them', { Buttons: ['Kyllä', null] }, asText],
    ['with an object among them', { Buttons: ['Kyllä', { Label: 'Ei' }] }, asText],
    ['with an empty one', { Buttons: ['Kyllä', ''] }, invisible],
    ['with one of only spaces', { Buttons: ['Kyllä', ' \n\t '] }, invisible],
    ['with one that can’t be seen', { Buttons: ['Kyllä', '\u200B\u00A0\u200D'] }, invisible],
    ['with one of 21 characters', { Buttons: ['Kyllä', ` ${'x'.repeat(21)} `] }, tooLong],
    ['with a line feed', { Buttons: ['Kyllä', 'E\ni'] }, broken],
    ['with a carriage return', { Buttons: ['Kyllä', 'E\ri'] }, broken],
    ['with a line separator', { Buttons: ['Kyllä', 'E\u2028i'] }, broken],
    ['with a tab', { Buttons: ['Kyllä', 'E\ti'] }, broken],
    ['with a bell', { Buttons: ['Kyllä', '\u0007'] }, broken],
    [
      'with a NUL character',
      { Buttons: ['Kyllä', 'E\0i'] },
      ['Buttons[1] contains a NUL character, which cannot be stored or sent.'],
    ],
    [
      'with half an emoji',
      { Buttons: ['Kyllä', 'E\uD83D'] },
      ['Buttons[1] contains half of a character, which cannot be stored or sent.'],
    ],
    ['repeated', { Buttons: ['Kyllä', 'Ei', 'Kyllä'] }, sentence('repeats the label of Buttons[0]', 'Buttons[2]')],
    [
      'repeated except for spaces and case',
      { Buttons: ['Kyllä', ' KYLLÄ '] },
      sentence('repeats the label of Buttons[0]'),
    ],
    [
      'wrong in different ways',
      { Buttons: ['', 'x'.repeat(21), 'a\nb'] },
      [
        ...sentence('must have a visible character', 'Buttons[0]'),
        ...tooLong,
        ...sentence('must not have line breaks or control characters', 'Buttons[2]'),
      ],
    ],
    [
      'below a text of 1,025 characters',
      { Buttons: ['Kyllä'], Content: 'x'.repeat(1_025) },
      ['Content must be at most 1024 characters long if there are buttons.'],
    ],
    [
      'in an SMS thread',
      { Buttons: ['Kyllä'], ThreadId: smsThread },
      ['Buttons must be left out: SMS has no buttons.'],
    ],
  ])('is refused if they are %s, and nothing is stored', async (_, details, messages) => {
    const { deps, reply } = await createDiscussing();
    const { answer } = await reply({ ...withButtons, ...(details as object) });
    expect([answer.status, messagesOf(answer)]).toEqual([400, messages]);
    expect(deps.messages.queue.jobs).toEqual([]);
    expect(await deps.messages.store.readMessage(messageId)).toBeUndefined();
  });

  test('in an unknown thread gets both problems', async () => {
    const { reply } = await createDiscussing();
    const { answer } = await reply({ ThreadId: 'x', Content: 'Hei', Buttons: ['x'.repeat(21)] });
    expect(problemsOf(answer)).toEqual([unknown, ['InvalidField', 'Buttons[0]']]);
  });
});

const unknown: [string, string | undefined] = ['ThreadNotFound', 'ThreadId'];
const good = { ThreadId: smsThread, Content: 'Hei' };

describe('a reply in a thread is refused', () => {
  test.each<[string, unknown, number, [string, string | undefined][]]>([
    ['unknown', { ...good, ThreadId: newThreadId(sms, new Date(0)) }, 404, [unknown]],
    ['another customer’s', { ...good, ThreadId: idOf(others) }, 404, [unknown]],
    ['of a service that is gone', { ...good, ThreadId: idOf(orphan) }, 404, [unknown]],
    ['on an address that its service no longer has', { ...good, ThreadId: idOf(moved) }, 404, [unknown]],
    ['of a service that is another customer’s', { ...good, ThreadId: idOf(stolen) }, 404, [unknown]],
    ['malformed', { ...good, ThreadId: "x'; drop" }, 404, [unknown]],
    ['in upper case', { ...good, ThreadId: smsThread.toUpperCase() }, 404, [unknown]],
    ['with more characters after it', { ...good, ThreadId: `${smsThread}0` }, 404, [unknown]],
    ['of the first digits only', { ...good, ThreadId: smsThread.slice(0, 32) }, 404, [unknown]],
    ['of only spaces', { ...good, ThreadId: '  ' }, 404, [unknown]],
    ['missing', { Content: 'Hei' }, 400, [['MissingField', 'ThreadId']]],
    ['empty', { ...good, ThreadId: '' }, 400, [['MissingField', 'ThreadId']]],
    ['null', { ...good, ThreadId: null }, 400, [['MissingField', 'ThreadId']]],
    ['a number', { ...good, ThreadId: 7 }, 400, [['InvalidField', 'ThreadId']]],
    [
      'with a NUL character',
      { ...good, ThreadId: `${smsThread}\0` },
      400,
      [['InvalidCharacters', 'ThreadId'], unknown],
    ],
  ])('whose thread is %s', async (_, json, status, problems) => {
    const { deps, reply } = await createDiscussing();
    const { answer } = await reply(json);
    expect([answer.status, problemsOf(answer)]).toEqual([status, problems]);
    expect(deps.messages.queue.jobs).toEqual([]);
    expect(await deps.messages.store.readMessage(messageId)).toBeUndefined();
  });

  const inWhatsApp = { ThreadId: whatsAppThread };
  test.each<[string, unknown, number, [string, string | undefined][]]>([
    ['missing', { ThreadId: smsThread }, 400, [['MissingField', 'Content']]],
    ['empty', { ...good, Content: '' }, 400, [['MissingField', 'Content']]],
    ['null', { ...good, Content: null }, 400, [['MissingField', 'Content']]],
    ['a number', { ...good, Content: 7 }, 400, [['InvalidField', 'Content']]],
    ['of only spaces', { ...good, Content: ' \n\u200B' }, 400, [['EmptyContent', 'Content']]],
    ['of 256 parts', { ...good, Content: 'x'.repeat(255 * 153 + 1) }, 400, [['ContentTooLong', 'Content']]],
    ['with a NUL character', { ...good, Content: 'a\0b' }, 400, [['InvalidCharacters', 'Content']]],
    ['with half an emoji', { ...good, Content: 'a\uD83D' }, 400, [['InvalidCharacters', 'Content']]],
    ['empty for WhatsApp', { ...inWhatsApp, Content: '' }, 400, [['MissingField', 'Content']]],
    ['of only spaces for WhatsApp', { ...inWhatsApp, Content: ' \n\u200B' }, 400, [['EmptyContent', 'Content']]],
    [
      'of 4,097 characters for WhatsApp',
      { ...inWhatsApp, Content: 'x'.repeat(4_097) },
      400,
      [['InvalidField', 'Content']],
    ],
    ['empty, in an unknown thread', { ThreadId: 'x', Content: '' }, 400, [['MissingField', 'Content'], unknown]],
    [
      'of only spaces, in an unknown thread',
      { ThreadId: 'x', Content: ' ' },
      404,
      [unknown, ['EmptyContent', 'Content']],
    ],
    [
      'fine, but customer data is too long',
      { ...good, CustomerData: 'x'.repeat(256) },
      400,
      [['InvalidField', 'CustomerData']],
    ],
    ['not an object', [good], 400, [['InvalidField', 'the body']]],
    [
      'nothing',
      {},
      400,
      [
        ['MissingField', 'ThreadId'],
        ['MissingField', 'Content'],
      ],
    ],
  ])('whose text is %s', async (_, json, status, problems) => {
    const { deps, reply } = await createDiscussing();
    const { answer } = await reply(json);
    expect([answer.status, problemsOf(answer)]).toEqual([status, problems]);
    expect(deps.messages.queue.jobs).toEqual([]);
    expect(await deps.messages.store.readMessage(messageId)).toBeUndefined();
  });

  test('without a customer', async () => {
    const { deps } = await createDiscussing();
    const { answer } = await callOperation(sendDiscussionReplyMessage, { json: good }, deps);
    expect([answer.status, problemsOf(answer)]).toEqual([400, [['MissingParameter', 'CustomerId']]]);
  });

  test('with the same answer for an unknown and another customer’s thread', async () => {
    const { reply } = await createDiscussing();
    const ids = [idOf(others), idOf(stolen), idOf(orphan), newThreadId(sms, new Date(0)), 'x'];
    const answers = await Promise.all(ids.map(async (ThreadId) => (await reply({ ...good, ThreadId })).answer));
    expect(answers).toEqual(answers.map(() => answers[0]));
  });

  test('for another customer’s thread, without reading it, and even if its id begins with this customer’s key', async () => {
    const { deps, reply } = await createDiscussing();
    const breaker = createBreaker();
    const threads = breaker.wrap(deps.threads.store);
    await reply({ ...good, ThreadId: idOf(others) }, { ...deps, threads: { ...deps.threads, store: threads } });
    // The thread was not read.
    expect(breaker.calls).toEqual([]);
    const alike = customerKey('demo') + idOf(others).slice(8);
    const read = async () => ({ ...others, threadId: alike, serviceId: 'twoway', startedAt: testNow });
    const { answer } = await reply(
      { ...good, ThreadId: alike },
      { ...deps, threads: { ...deps.threads, store: { ...threads, read } } },
    );
    expect(problemsOf(answer)).toEqual([unknown]);
  });

  test('for a customer that is not the thread’s', async () => {
    const { deps } = await createDiscussing();
    const access = { customer: async () => ({ ...testCustomer, id: 'other' }) };
    const request = { headers: { CustomerId: 'other' }, json: good };
    const { answer } = await callOperation(sendDiscussionReplyMessage, request, deps, { access });
    expect([answer.status, problemsOf(answer)]).toEqual([404, [unknown]]);
  });
});
