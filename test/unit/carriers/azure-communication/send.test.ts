import { describe, expect, onTestFinished, test } from 'vitest';
import { recipientId } from '../../../../src/messages/index.ts';
import type { OutboundBatch, SendOutcome, TemplateCall } from '../../../../src/messages/index.ts';
import {
  accessKey,
  channel,
  createCarrier,
  createKeylessCarrier,
  whatsAppNumber,
} from '../../../support/labs/carriers/azure-communication.ts';
import { startAzureCommunicationApi } from '../../../support/servers/azure-communication-api.ts';
import type { FakeApi } from '../../../support/servers/azure-communication-api.ts';

const attemptedAt = new Date('2026-11-24T10:00:00Z');
const messageId = '0a'.repeat(16);

function batchOf(count: number, details: Partial<OutboundBatch> = {}): OutboundBatch {
  const recipients = Array.from({ length: count }, (_, place) => ({
    recipientId: recipientId({ messageId, chunk: 3, recipientIndex: place }),
    address: '358401230001',
    content: `Hei ${place}`,
    parts: 1,
  }));
  return { messageId, sender: 'Example', protocol: 'SMS', attemptedAt, recipients, ...details };
}

async function startApi(): Promise<FakeApi> {
  const api = await startAzureCommunicationApi({ accessKey });
  onTestFinished(() => api.stop());
  return api;
}

/** Sends to a carrier that gives this answer to every call; returns the outcomes and the number of calls. */
async function outcomesOf(answer: () => Promise<Response>, batch = batchOf(1)): Promise<[SendOutcome[], number]> {
  let calls = 0;
  const stub = (): Promise<Response> => {
    calls += 1;
    return answer();
  };
  const outcomes = await createCarrier('https://a.example', { deps: { fetch: stub } }).send(batch);
  return [outcomes, calls];
}

const answering = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  outcomesOf(async () => Response.json(body, { status, headers }));

describe('SMS', () => {
  test('is sent with one call for each recipient, with its own text and our id as the tag', async () => {
    const api = await startApi();
    await createCarrier(api.url).send(batchOf(3));
    expect(api.calls.map(({ path }) => path)).toEqual(Array.from({ length: 3 }, () => '/sms?api-version=2026-01-23'));
    const bodies = api.calls
      .map(({ body }) => body)
      .toSorted((a, b) => String(a['message']).localeCompare(String(b['message'])));
    expect(bodies).toMatchObject(
      [0, 1, 2].map((place) => ({
        from: 'Example',
        message: `Hei ${place}`,
        smsRecipients: [{ to: '+358401230001', repeatabilityFirstSent: 'Tue, 24 Nov 2026 10:00:00 GMT' }],
        smsSendOptions: { enableDeliveryReport: true, tag: `${messageId}-0030${place}` },
      })),
    );
  });

  test.for([
    ['358401000001', '+358401000001'],
    ['16400', '16400'],
    ['Example', 'Example'],
    ['123456', '123456'],
  ] as const)('is sent by %s as %s', async ([sender, expected]) => {
    const api = await startApi();
    expect(await createCarrier(api.url).send(batchOf(1, { sender }))).toMatchObject([{ outcome: 'sent' }]);
    expect(api.calls[0]?.body['from']).toBe(expected);
  });

  test('has the same repeatability ids when an attempt is repeated, and others in a new attempt', async () => {
    const api = await startApi();
    const carrier = createCarrier(api.url);
    const first = await carrier.send(batchOf(2));
    expect(await carrier.send(batchOf(2))).toEqual(first);
    expect(api.received).toHaveLength(2);
    const again = await carrier.send(batchOf(2, { attemptedAt: new Date(attemptedAt.getTime() + 2000) }));
    expect(again).not.toEqual(first);
    expect(api.received).toHaveLength(4);
    const ids = api.calls.map(
      ({ body }) => (body['smsRecipients'] as Record<string, string>[])[0]?.['repeatabilityRequestId'],
    );
    expect(new Set(ids.slice(0, 2))).toEqual(new Set(ids.slice(2, 4)));
    expect(new Set(ids).size).toBe(4);
  });

  test.for<[string, unknown, Record<string, unknown>]>([
    ['accepted', { successful: true, httpStatusCode: 202, messageId: 'm' }, { outcome: 'sent', carrierReference: 'm' }],
    ['accepted without an id', { successful: true, httpStatusCode: 202 }, { outcome: 'sent' }],
    [
      'a bad number',
      { successful: false, httpStatusCode: 400, errorMessage: 'Invalid To phone number format.' },
      { outcome: 'rejected', reason: 'invalidNumber' },
    ],
    [
      'a bad sender',
      { successful: false, httpStatusCode: 400, errorMessage: 'Invalid From phone number format.' },
      { outcome: 'rejected', reason: 'contentRefused' },
    ],
    ['a wrong key', { successful: false, httpStatusCode: 401 }, { outcome: 'retry', reason: 'carrierSettings' }],
    [
      'an unknown resource',
      { successful: false, httpStatusCode: 404 },
      { outcome: 'retry', reason: 'carrierSettings' },
    ],
    [
      'too many',
      { successful: false, httpStatusCode: 429 },
      { outcome: 'retry', reason: 'throttled', retryAfterSeconds: 9 },
    ],
    ['busy', { successful: false, httpStatusCode: 503 }, { outcome: 'retry', reason: 'carrierUnavailable' }],
    ['broken', { successful: false, httpStatusCode: 500 }, { outcome: 'retry', mayHaveArrived: true }],
    ['in progress', { successful: false, httpStatusCode: 409 }, { outcome: 'retry', mayHaveArrived: true }],
    [
      'a rejected repeat',
      { successful: false, httpStatusCode: 400, repeatabilityResult: 'Rejected', errorMessage: 'Too old.' },
      { outcome: 'unknown', reason: 'inDoubt', code: 'CarrierRepeatRejected', message: 'Too old.' },
    ],
    ['no status', { successful: false }, { outcome: 'retry', mayHaveArrived: true }],
    ['nothing', {}, { outcome: 'retry', mayHaveArrived: true }],
    ['null', null, { outcome: 'retry', mayHaveArrived: true }],
  ])('gets the outcome for the carrier’s result: %s', async ([, item, expected]) => {
    const [outcomes] = await answering(202, { value: [item] }, { 'retry-after': '9' });
    expect(outcomes).toMatchObject([expected]);
    expect('mayHaveArrived' in (outcomes[0] ?? {})).toBe('mayHaveArrived' in expected);
  });

  test.for<[number, unknown, Record<string, unknown>]>([
    [
      400,
      { error: { code: 'BadRequest', message: 'No.' } },
      { outcome: 'rejected', code: 'BadRequest', reason: 'contentRefused' },
    ],
    [400, { title: 'One or more validation errors occurred.' }, { outcome: 'rejected', code: 'CarrierRefusedRequest' }],
    [
      400,
      { error: { code: 'a b', message: 'Invalid To phone number' } },
      { outcome: 'rejected', reason: 'invalidNumber' },
    ],
    [401, { error: { code: 'Denied' } }, { outcome: 'retry', code: 'Denied', reason: 'carrierSettings' }],
    [403, {}, { outcome: 'retry', reason: 'carrierSettings' }],
    [404, {}, { outcome: 'retry', reason: 'carrierSettings' }],
    [409, {}, { outcome: 'retry', mayHaveArrived: true }],
    [429, {}, { outcome: 'retry', reason: 'throttled' }],
  ])('gets the outcome for the answer %i %j', async ([status, body, expected]) => {
    expect((await answering(status, body))[0]).toMatchObject([expected]);
  });
});

describe('the remaining calls of a batch', () => {
  test('are not made after the carrier throttles', async () => {
    const busy = async () => Response.json({}, { status: 429, headers: { 'retry-after': '30' } });
    const [outcomes, calls] = await outcomesOf(busy, batchOf(100));
    expect(calls).toBeLessThanOrEqual(16);
    expect(outcomes).toMatchObject(Array.from({ length: 100 }, () => ({ reason: 'throttled', retryAfterSeconds: 30 })));
  });

  test('are not made after a call without an answer, and their recipients are not in doubt', async () => {
    const silent = () => Promise.reject(new DOMException('late', 'TimeoutError'));
    const [outcomes, calls] = await outcomesOf(silent, batchOf(100));
    expect(calls).toBe(16);
    const doubts = outcomes.filter((outcome) => outcome.outcome === 'retry' && outcome.mayHaveArrived === true);
    expect(doubts).toHaveLength(16);
    expect(outcomes).toMatchObject(
      Array.from({ length: 100 }, () => ({ outcome: 'retry', reason: 'carrierUnavailable' })),
    );
  });

  test('are made after one recipient was refused', async () => {
    const refused = async () => Response.json({}, { status: 400 });
    const [outcomes, calls] = await outcomesOf(refused, batchOf(40));
    expect(calls).toBe(40);
    expect(outcomes).toMatchObject(Array.from({ length: 40 }, () => ({ outcome: 'rejected' })));
  });
});

describe('without an access key', () => {
  test('calls carry a token of the app’s identity', async () => {
    const api = await startAzureCommunicationApi({ token: 'token' });
    onTestFinished(() => api.stop());
    const scopes: string[] = [];
    const getToken = async (scope: string): Promise<string> => {
      scopes.push(scope);
      return 'token';
    };
    const carrier = createKeylessCarrier(api.url, { getToken });
    expect(await carrier.send(batchOf(1))).toMatchObject([{ outcome: 'sent' }]);
    expect(scopes).toEqual(['https://communication.azure.com/.default']);
  });

  test('nothing is called if there is no token', async () => {
    const api = await startApi();
    const carrier = createKeylessCarrier(api.url, { getToken: () => Promise.reject(new Error('no identity')) });
    expect(await carrier.send(batchOf(2))).toMatchObject(
      Array.from({ length: 2 }, () => ({
        outcome: 'retry',
        code: 'CarrierTokenUnavailable',
        reason: 'carrierSettings',
        message: expect.stringContaining('no identity') as string,
      })),
    );
    expect(await carrier.attachments?.fetchAttachment('a', 10)).toMatchObject({ outcome: 'retry' });
    expect(await carrier.templates?.list(whatsAppNumber)).toMatchObject({ outcome: 'unavailable' });
    expect(api.calls).toEqual([]);
  });
});

describe('WhatsApp', () => {
  const call: TemplateCall = {
    name: 'order_ready',
    language: 'en',
    headerParameters: [],
    bodyParameters: [],
    buttons: [],
  };

  async function sent(template?: Partial<TemplateCall>): Promise<Record<string, unknown> | undefined> {
    const api = await startApi();
    const batch = batchOf(1, {
      protocol: 'WhatsApp',
      sender: whatsAppNumber,
      ...(template === undefined ? {} : { template: { ...call, ...template } }),
    });
    expect(await createCarrier(api.url).send(batch)).toMatchObject([{ outcome: 'sent', reportedByReference: true }]);
    expect(api.calls[0]?.headers).toMatchObject({
      'repeatability-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      'repeatability-first-sent': 'Tue, 24 Nov 2026 10:00:00 GMT',
    });
    const { channelRegistrationId, to, ...rest } = api.calls[0]?.body ?? {};
    expect({ channelRegistrationId, to }).toEqual({ channelRegistrationId: channel, to: ['+358401230001'] });
    return rest;
  }

  test('sends a text', async () => {
    expect(await sent()).toEqual({ kind: 'text', content: 'Hei 0' });
  });

  test('sends a template without values', async () => {
    expect(await sent({})).toEqual({ kind: 'template', template: { name: 'order_ready', language: 'en' } });
  });

  test('sends a template with values for all placeholders', async () => {
    const filled = {
      headerParameters: ['Matti'],
      bodyParameters: ['Matti', '17'],
      buttons: [
        { type: 'QuickReply', data: '' },
        { type: 'QuickReply', data: 'no' },
      ],
    };
    expect(await sent(filled)).toMatchObject({
      template: {
        values: [
          { name: 'header1', kind: 'text', text: 'Matti' },
          { name: 'body1', kind: 'text', text: 'Matti' },
          { name: 'body2', kind: 'text', text: '17' },
          { name: 'button1', kind: 'quickAction' },
          { name: 'button2', kind: 'quickAction', payload: 'no' },
        ],
        bindings: {
          kind: 'whatsApp',
          header: [{ refValue: 'header1' }],
          body: [{ refValue: 'body1' }, { refValue: 'body2' }],
          buttons: [
            { subType: 'quickReply', refValue: 'button1' },
            { subType: 'quickReply', refValue: 'button2' },
          ],
        },
      },
    });
  });

  test('fills the URL of a button, and leaves out URLs without a variable part and Call buttons', async () => {
    const buttons = [
      { type: 'Url', data: '' },
      { type: 'Url', data: 'a/b?c' },
      { type: 'Call', data: '' },
    ];
    expect(await sent({ buttons })).toMatchObject({
      template: {
        values: [{ name: 'button2', kind: 'quickAction', text: 'a/b?c' }],
        bindings: { kind: 'whatsApp', buttons: [{ subType: 'url', refValue: 'button2' }] },
      },
    });
  });

  test.for<[string, TemplateCall['attachmentKind'], Record<string, unknown>]>([
    ['https://a.example/x', 'image', { kind: 'image' }],
    ['https://a.example/x.mp4', undefined, { kind: 'video' }],
    ['https://a.example/tilaus%20%C3%A4.pdf?sig=1', 'document', { kind: 'document', fileName: 'tilaus ä.pdf' }],
    ['https://a.example/tilaus%.pdf', 'document', { kind: 'document', fileName: 'tilaus%.pdf' }],
    ['https://a.example/x', undefined, { kind: 'document' }],
  ])('puts the attachment %s (%s) into the header', async ([attachmentUri, attachmentKind, expected]) => {
    const kind = attachmentKind === undefined ? {} : { attachmentKind };
    expect(await sent({ attachmentUri, ...kind })).toMatchObject({
      template: {
        values: [{ name: 'header1', url: attachmentUri, ...expected }],
        bindings: { kind: 'whatsApp', header: [{ refValue: 'header1' }] },
      },
    });
  });

  test('retries if the settings name no channel for the number', async () => {
    const api = await startApi();
    const batch = batchOf(1, { protocol: 'WhatsApp', sender: '358401000009' });
    expect(await createCarrier(api.url).send(batch)).toMatchObject([{ outcome: 'retry', reason: 'carrierSettings' }]);
    expect(api.calls).toEqual([]);
  });

  test.for<[unknown, Record<string, string>, Record<string, unknown>]>([
    [{ receipts: [{ messageId: 'm', to: 'x' }] }, {}, { outcome: 'sent', carrierReference: 'm' }],
    [{ receipts: [{ to: 'x' }] }, {}, { outcome: 'retry', mayHaveArrived: true }],
    [{ receipts: [] }, {}, { outcome: 'retry', mayHaveArrived: true }],
    [{ receipts: [] }, { 'repeatability-result': 'rejected' }, { outcome: 'unknown', reason: 'inDoubt' }],
  ])('gets the outcome for the answer %j %j', async ([body, headers, expected]) => {
    const answer = async () => Response.json(body, { status: 202, headers });
    const batch = batchOf(1, { protocol: 'WhatsApp', sender: whatsAppNumber });
    expect((await outcomesOf(answer, batch))[0]).toMatchObject([expected]);
  });
});
