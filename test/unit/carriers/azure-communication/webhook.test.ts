import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WebhookEvents, WebhookRequest } from '../../../../src/carriers/carrier.ts';
import {
  callWith,
  channel,
  createCarrier,
  webhookSecret,
  whatsAppNumber,
} from '../../../support/labs/carriers/azure-communication.ts';

const now = new Date('2026-11-24T10:00:00Z');
const carrier = createCarrier('https://a.example', { deps: { now: () => now } });
const recipientId = `${'0a'.repeat(16)}-00007`;
const at = new Date('2026-11-24T09:59:58Z');
const receivedTimestamp = at.toISOString();
const refused = (status: number) => expect.objectContaining({ name: 'WebhookRefused', status }) as unknown as Error;
const nothing = { reports: [], referenced: [], templates: [], inbound: [] };

let nextId = 0;

/** An event in the format of Event Grid. */
function event(type: string, data: unknown, details: Record<string, unknown> = {}): Record<string, unknown> {
  nextId += 1;
  const eventType = `Microsoft.Communication.${type}`;
  return { id: `e${nextId}`, eventType, data, eventTime: '2026-11-24T09:59:59Z', dataVersion: '1.0', ...details };
}

const receive = (events: unknown, details?: Partial<WebhookRequest>): Promise<WebhookEvents> =>
  carrier.receive(callWith(events, details));

describe('a call', () => {
  const events = [event('SMSReceived', { from: '358401234567', to: '16400', message: 'Hei' })];

  test('is accepted with the secret in a header', async () => {
    const headers = new Map([['x-webhook-secret', webhookSecret]]);
    expect((await receive(events, { query: '', headers })).inbound).toHaveLength(1);
  });

  test.for<[string, Partial<WebhookRequest>]>([
    ['no secret', { query: '' }],
    ['an empty secret', { query: '?secret=' }],
    ['another secret', { query: '?secret=another-secret-of-16' }],
    ['a wrong secret in the header, although the query is correct', { headers: new Map([['x-webhook-secret', 'no']]) }],
    ['a token instead', { query: '', headers: new Map([['authorization', 'Bearer token']]) }],
  ])('is refused with %s, also a handshake', async ([, details]) => {
    const validation = [
      { id: 'v', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'c' } },
    ];
    await expect(receive(events, details)).rejects.toThrow(refused(401));
    await expect(receive('{', details)).rejects.toThrow(refused(401));
    await expect(receive(validation, details)).rejects.toThrow(refused(401));
    const headers = new Map([...(details.headers ?? []), ['webhook-request-origin', 'eventgrid.azure.net'] as const]);
    await expect(receive('', { ...details, method: 'OPTIONS', headers })).rejects.toThrow(refused(401));
  });

  describe('to a webhook protected by Entra ID', () => {
    const webhook = { tenant: 'tenant', audience: 'api://webhook' };
    const checked: unknown[] = [];
    const isEntraToken = async (token: string, expected: unknown): Promise<boolean> => {
      checked.push([token, expected]);
      return token === 'good';
    };
    const protectedCarrier = createCarrier('https://a.example', {
      settings: { webhook },
      deps: { isEntraToken },
    });
    const receiveWith = (authorization?: string): Promise<WebhookEvents> =>
      protectedCarrier.receive(
        callWith(events, { headers: new Map(authorization === undefined ? [] : [['authorization', authorization]]) }),
      );

    test('is accepted with a token for us', async () => {
      expect((await receiveWith('Bearer good')).inbound).toHaveLength(1);
      expect(checked).toEqual([['good', { ...webhook, role: 'AzureEventGridSecureWebhookSubscriber' }]]);
    });

    test.for([undefined, '', 'Bearer', 'Bearer ', 'Bearer bad', 'Basic good', 'good', 'Bearer good twice'])(
      'is refused with the authorization %s',
      async (authorization) => {
        await expect(receiveWith(authorization)).rejects.toThrow(refused(401));
      },
    );
  });
});

describe('a handshake', () => {
  test('of Event Grid is answered with its code', async () => {
    const data = { validationCode: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6', validationUrl: 'https://x.example' };
    const validation = { id: 'v', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data };
    const { answer, ...rest } = await receive([validation], {
      headers: new Map([['aeg-event-type', 'SubscriptionValidation']]),
    });
    expect(rest).toEqual({ reports: [], templates: [], inbound: [] });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(answer?.body ?? '')).toEqual({ validationResponse: data.validationCode });
  });

  test.for([{}, { validationCode: '' }, { validationCode: 7 }, undefined])(
    'of Event Grid without a code is refused: %j',
    async (data) => {
      const validation = { id: 'v', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data };
      await expect(receive([validation])).rejects.toThrow(refused(400));
    },
  );

  test('of CloudEvents is answered with permission for its origin', async () => {
    const headers = new Map([['webhook-request-origin', 'eventgrid.azure.net']]);
    const { answer } = await receive('', { method: 'OPTIONS', headers });
    expect(answer).toEqual({
      status: 200,
      headers: { 'webhook-allowed-origin': 'eventgrid.azure.net', 'webhook-allowed-rate': '*' },
      body: '',
    });
  });

  test('of CloudEvents without an origin is refused', async () => {
    await expect(receive('', { method: 'OPTIONS' })).rejects.toThrow(refused(400));
  });
});

describe('a report on an SMS', () => {
  const report = (deliveryStatus: unknown, details: Record<string, unknown> = {}) =>
    event('SMSDeliveryReportReceived', {
      messageId: 'Outgoing_1',
      from: '358401000001',
      to: '+358401234567',
      deliveryStatus,
      receivedTimestamp,
      tag: recipientId,
      ...details,
    });
  const reportOf = async (details: string): Promise<unknown> =>
    (await receive([report('Failed', { deliveryStatusDetails: details })])).reports[0];

  test('says that it was delivered', async () => {
    const { reports } = await receive([report('Delivered', { deliveryStatusDetails: 'No error.' })]);
    expect(reports).toEqual([{ recipientId, status: 'delivered', at }]);
  });

  test.for([
    ['4000: Message is blocked', 'rejected', '4000', 'barred'],
    ['4001', 'rejected', '4001', 'contentRefused'],
    ['4002', 'rejected', '4002', 'invalidNumber'],
    ['4003', 'rejected', '4003', 'barred'],
    ['4004', 'undelivered', '4004', 'invalidNumber'],
    ['4005', 'undelivered', '4005', 'contentRefused'],
    ['4006', 'undelivered', '4006', 'absent'],
    ['4007', 'rejected', '4007', 'optedOut'],
    ['Sender blocked for given recipient.', 'rejected', '4007', 'optedOut'],
    ['4008', 'failed', '4008', 'throttled'],
    ['4009', 'rejected', '4009', 'carrierSettings'],
    ['4010', 'rejected', '4010', 'carrierSettings'],
    ['5000', 'undelivered', '5000', 'other'],
    ['5001', 'undelivered', '5001', 'carrierUnavailable'],
    ['5002: Message Delivery Timeout', 'unknown', '5002', 'noReport'],
    ['Message Delivery Timeout', 'unknown', '5002', 'noReport'],
    ['9999', 'undelivered', '9999', 'other'],
    ['4999: new', 'undelivered', '4999', 'other'],
    ['something else', 'undelivered', 'DeliveryFailed', 'other'],
  ])('with the details “%s” has the status %s', async ([details = '', status, code, reason]) => {
    expect(await reportOf(details)).toEqual({ recipientId, status, code, message: details, reason, at });
  });

  test('of a failure without details has a code and a message', async () => {
    expect((await receive([report('Failed')])).reports).toMatchObject([
      { status: 'undelivered', code: 'DeliveryFailed', message: expect.stringMatching(/\S/) as string },
    ]);
  });

  test('can be a CloudEvent with the field names of the published example', async () => {
    const data = { MessageId: 'Outgoing_1', To: '+358401234567', DeliveryStatus: 'Delivered', Tag: recipientId };
    const cloud = { id: 'c', type: 'Microsoft.Communication.SMSDeliveryReportReceived', time: receivedTimestamp, data };
    const headers = new Map([['content-type', 'application/cloudevents-batch+json']]);
    expect((await receive([{ ...cloud, specversion: '1.0' }], { headers })).reports).toEqual([
      { recipientId, status: 'delivered', at },
    ]);
  });

  test.for([
    [
      'the event’s time if it has no valid time of its own',
      { receivedTimestamp: 'soon' },
      new Date('2026-11-24T09:59:59Z'),
    ],
    ['the current time if the event has no time either', { receivedTimestamp: undefined }, now],
  ] as const)('has %s', async ([, details, expected]) => {
    const { eventTime: _, ...bare } = report('Delivered', details);
    const event = expected === now ? bare : report('Delivered', details);
    expect((await receive([event])).reports).toMatchObject([{ at: expected }]);
  });

  test.for([undefined, '', 'campaign', recipientId.slice(1), `${recipientId}x`, `${recipientId}-1`, 7])(
    'of others who send through the same resource is ignored: %s',
    async (tag) => {
      expect(await receive([report('Delivered', { tag })])).toEqual(nothing);
    },
  );

  test('with an unknown status is ignored', async () => {
    expect(await receive([report('Queued')])).toEqual(nothing);
  });

  test('that occurs twice in a call counts once', async () => {
    const one = report('Delivered');
    expect((await receive([one, one])).reports).toHaveLength(1);
  });
});

describe('a report on a WhatsApp message', () => {
  const status = (word: unknown, details: Record<string, unknown> = {}) =>
    event('AdvancedMessageDeliveryStatusUpdated', {
      messageId: 'm1',
      status: word,
      channelType: 'whatsapp',
      from: channel,
      to: '358401234567',
      receivedTimestamp,
      ...details,
    });

  test.for([
    ['Sent', 'sent'],
    ['delivered', 'delivered'],
    ['Read', 'read'],
  ])('%s', async ([word, expected]) => {
    expect((await receive([status(word)])).referenced).toEqual([{ reference: 'm1', status: expected, at }]);
  });

  test.for([
    ['131026', 'barred'],
    [131047, 'windowClosed'],
    ['131050', 'optedOut'],
    ['130429', 'throttled'],
    ['131042', 'carrierSettings'],
    ['999', 'other'],
  ] as const)('of a failure with the code %s has the reason %s', async ([channelCode, reason]) => {
    const { referenced } = await receive([status('Failed', { error: { channelCode, channelMessage: 'No.' } })]);
    expect(referenced).toEqual([
      { reference: 'm1', status: 'undelivered', code: String(channelCode), message: 'No.', reason, at },
    ]);
  });

  test.for([undefined, null, 'x', {}, { channelCode: {} }])(
    'of a failure with the error %j has a code and a message',
    async (error) => {
      expect((await receive([status('Failed', { error })])).referenced).toMatchObject([
        {
          status: 'undelivered',
          code: 'DeliveryFailed',
          message: expect.stringMatching(/\S/) as string,
          reason: 'other',
        },
      ]);
    },
  );

  test.for([
    ['warning', {}],
    ['unknown', {}],
    ['Sent', { channelType: 'sms' }],
    ['Sent', { channelKind: 'other' }],
  ] as const)('with an unused status or of another channel is ignored: %s %j', async ([word, details]) => {
    expect(await receive([status(word, details)])).toEqual(nothing);
  });
});

describe('an inbound WhatsApp message', () => {
  const message = (data: Record<string, unknown>) =>
    event('AdvancedMessageReceived', {
      messageId: 'm1',
      channelType: 'whatsapp',
      from: '358401234567',
      to: channel,
      receivedTimestamp,
      ...data,
    });
  const common = {
    carrierMessageId: 'm1',
    sender: '358401234567',
    recipient: whatsAppNumber,
    protocol: 'WhatsApp',
    at,
    attachments: [],
  };
  const inboundOf = async (data: Record<string, unknown>): Promise<unknown[]> =>
    (await receive([message(data)])).inbound;

  test.for<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['a text', { content: 'Hei' }, { content: 'Hei' }],
    ['a sender with a plus', { content: 'Hei', from: '+358401234567' }, { content: 'Hei' }],
    ['a channel id in upper case', { content: 'Hei', to: channel.toUpperCase() }, { content: 'Hei' }],
    [
      "the field names of Microsoft's libraries",
      { content: 'Hei', channelType: undefined, channelKind: 'WhatsApp' },
      { content: 'Hei' },
    ],
    ['a button of a template', { button: { text: 'Yes', payload: 'y' } }, { content: 'Yes', buttonReply: 'Yes' }],
    [
      'a button of a message',
      { interactive: { type: 'buttonReply', buttonReply: { id: 'agree', title: 'Agree' } } },
      { content: 'Agree', buttonReply: 'Agree' },
    ],
    [
      'a row of a list, with the other field names',
      { interactiveContent: { replyKind: 'listReply', listReply: { id: 'p', title: 'Priority' } } },
      { content: 'Priority', buttonReply: 'Priority' },
    ],
    ['a reaction', { messageType: 'reaction', reaction: { messageId: 'x', emoji: '👍' } }, { content: '👍' }],
    [
      'a picture with a caption',
      { messageType: 'image', media: { mimeType: 'image/jpeg', id: 'media-1', caption: 'Look' } },
      { content: 'Look', attachments: [{ reference: 'media-1', name: 'image.jpg', mimeType: 'image/jpeg' }] },
    ],
    [
      'a document, with the other field names',
      { mediaContent: { mimeType: 'application/pdf', mediaId: 'media-2', fileName: 'a ä.pdf' } },
      { content: '', attachments: [{ reference: 'media-2', name: 'a ä.pdf', mimeType: 'application/pdf' }] },
    ],
    [
      'a voice message',
      { messageType: 'audio', media: { mimeType: 'audio/ogg; codecs=opus', id: 'media-3' } },
      { content: '', attachments: [{ reference: 'media-3', name: 'audio.ogg', mimeType: 'audio/ogg; codecs=opus' }] },
    ],
    [
      'a medium without a type',
      { media: { id: 'media-4' } },
      {
        content: '',
        attachments: [{ reference: 'media-4', name: 'attachment.bin', mimeType: 'application/octet-stream' }],
      },
    ],
  ])('%s', async ([, data, expected]) => {
    expect(await inboundOf(data)).toEqual([{ ...common, ...expected }]);
  });

  test('without an id has the id of the event', async () => {
    const [one] = (await receive([{ ...message({ content: 'Hei', messageId: undefined }), id: 'e-77' }])).inbound;
    expect(one?.carrierMessageId).toBe('e-77');
  });

  test.for<[string, Record<string, unknown>]>([
    ['to a channel that is not ours', { content: 'Hei', to: '00000000-0000-0000-0000-000000000000' }],
    ['through another channel', { content: 'Hei', channelType: 'other' }],
    ['from a sender without a number', { content: 'Hei', from: 'FI.1234abcd' }],
    ['with neither text nor media', { messageType: 'location' }],
    ['that withdraws a reaction', { messageType: 'reaction', reaction: { messageId: 'x' } }],
    ['with malformed fields', { media: 'x', button: [], interactive: null, reaction: 7, context: 'x' }],
  ])('is ignored: %s', async ([, data]) => {
    expect(await receive([message(data)])).toEqual(nothing);
  });
});

describe('an inbound SMS', () => {
  const sms = (data: Record<string, unknown>) =>
    event('SMSReceived', {
      messageId: 'Incoming_1',
      from: '+358401234567',
      to: '+358207000000',
      message: 'Hei',
      receivedTimestamp,
      ...data,
    });

  test.for<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['to a number', {}, {}],
    ['from a short code to another', { from: '16400', to: '16500' }, { sender: '16400', recipient: '16500' }],
    ['without text', { message: '' }, { content: '' }],
  ])('%s', async ([, data, expected]) => {
    const standard = {
      carrierMessageId: 'Incoming_1',
      sender: '358401234567',
      recipient: '358207000000',
      content: 'Hei',
    };
    const { inbound } = await receive([sms(data)]);
    expect(inbound).toEqual([{ ...standard, protocol: 'SMS', attachments: [], at, ...expected }]);
  });

  test('is ignored if a name sent it', async () => {
    expect(await receive([sms({ from: 'Example' })])).toEqual(nothing);
  });

  test('is skipped if it is malformed, without losing the others', async () => {
    const { inbound } = await receive([sms({ message: undefined }), sms({ to: 'x' }), sms({}), { odd: true }, 7]);
    expect(inbound).toHaveLength(1);
  });
});

describe('other events', () => {
  test.for([
    event('ChatMessageReceived', {}),
    event('AdvancedMessageAnalysisCompleted', { originalMessage: 'Hei' }),
    { id: 'x', eventType: 'Microsoft.Storage.BlobCreated', data: {} },
    { id: 'x', type: 'somebody.else', specversion: '1.0' },
  ])('are ignored: %j', async (other) => {
    expect(await receive([other])).toEqual(nothing);
  });

  test('a body that is not UTF-8 is refused', async () => {
    await expect(carrier.receive({ ...callWith(''), body: Buffer.from([0x5b, 0xff, 0x5d]) })).rejects.toThrow(
      refused(400),
    );
  });
});

test('whatever the fields of an event contain, the call is either accepted or refused with WebhookRefused', async () => {
  const names = [
    'from',
    'to',
    'message',
    'content',
    'tag',
    'deliveryStatus',
    'deliveryStatusDetails',
    'status',
    'error',
  ];
  const more = [
    'messageId',
    'media',
    'mediaContent',
    'button',
    'interactive',
    'reaction',
    'receivedTimestamp',
    'channelKind',
  ];
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(channel, '358401234567', recipientId, 'Failed', 'Delivered', 'whatsapp', receivedTimestamp),
  );
  const types = [
    'SMSReceived',
    'SMSDeliveryReportReceived',
    'AdvancedMessageReceived',
    'AdvancedMessageDeliveryStatusUpdated',
  ];
  const entries = fc.record({
    type: fc.constantFrom(...types),
    data: fc.oneof(value, fc.dictionary(fc.constantFrom(...names, ...more), value)),
  });
  const calls = fc.oneof(value, fc.array(entries.map(({ type, data }) => event(type, data))));
  const surprises = fc.asyncProperty(calls, async (events) => {
    await receive(events).catch((error: unknown) => {
      if (!(error instanceof Error) || error.name !== 'WebhookRefused') throw error;
    });
  });
  const { failed, counterexample } = await fc.check(surprises, { numRuns: 500 });
  expect({ failed, counterexample }).toEqual({ failed: false, counterexample: null });
});
