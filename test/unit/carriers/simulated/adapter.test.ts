import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { WebhookRequest } from '../../../../src/carriers/carrier.ts';
import { createSimulatedCarrier } from '../../../../src/carriers/simulated/index.ts';
import type { OutboundBatch } from '../../../../src/messages/index.ts';

const now = new Date('2026-11-23T10:00:00Z');
const nowSeconds = now.getTime() / 1000;
const options = {
  url: 'http://carrier.example/base/',
  apiKey: 'key',
  webhookSecret: 'secret',
  reportUrl: 'https://app.example/api/webhooks/simulated',
  now: () => now,
};

const batch: OutboundBatch = {
  messageId: 'm1',
  sender: 'Example',
  protocol: 'SMS',
  attemptedAt: new Date(),
  recipients: [
    { recipientId: 'a', address: '358401230001', content: 'Hei A', parts: 1 },
    { recipientId: 'b', address: '358401230002', content: 'Hei B', parts: 2 },
  ],
};

describe('send', () => {
  const answering = (status: number, body: unknown) =>
    createSimulatedCarrier({ ...options, fetch: () => Promise.resolve(Response.json(body, { status })) });

  test('makes one call with all fields', async () => {
    const calls: { url: string; init: RequestInit }[] = [];
    const carrier = createSimulatedCarrier({
      ...options,
      fetch: (url, init = {}) => {
        calls.push({ url: url as string, init });
        return Promise.resolve(Response.json({ results: [] }, { status: 202 }));
      },
    });
    await carrier.send(batch);
    expect(calls).toMatchObject([
      {
        url: 'http://carrier.example/base/messages',
        init: {
          method: 'POST',
          headers: { authorization: 'Bearer key', 'content-type': 'application/json' },
          body: expect.any(String) as string,
          redirect: 'manual',
          signal: expect.any(AbortSignal) as AbortSignal,
        },
      },
    ]);
    const message = { messageId: 'm1', sender: 'Example', protocol: 'SMS' };
    expect(JSON.parse(calls[0]?.init.body as string)).toMatchObject({
      reportUrl: 'https://app.example/api/webhooks/simulated',
      messages: [
        { ...message, id: 'a', to: '358401230001', content: 'Hei A', parts: 1 },
        { ...message, id: 'b', to: '358401230002', content: 'Hei B', parts: 2 },
      ],
    });
  });

  test('submits the buttons with each message', async () => {
    const bodies: unknown[] = [];
    const carrier = createSimulatedCarrier({
      ...options,
      fetch: (_, init = {}) => {
        bodies.push(JSON.parse(init.body as string));
        return Promise.resolve(Response.json({ results: [] }, { status: 202 }));
      },
    });
    await carrier.send({ ...batch, protocol: 'WhatsApp', buttons: ['Yes', 'No'] });
    const buttons = ['Yes', 'No'];
    expect(bodies).toMatchObject([
      {
        messages: [
          { id: 'a', buttons },
          { id: 'b', buttons },
        ],
      },
    ]);
  });

  const missing = {
    outcome: 'retry',
    mayHaveArrived: true,
    code: 'CarrierAnswerIncomplete',
    message: 'The carrier accepted the call, but its answer does not name this recipient.',
  };
  const refusal = { code: 'NumberBarred', message: 'The number is barred.' };
  test.for([
    [
      { result: 'accepted', reference: 'sim-1' },
      { outcome: 'sent', carrierReference: 'sim-1' },
    ],
    [{ result: 'accepted' }, { outcome: 'sent' }],
    [
      { result: 'rejected', ...refusal },
      { outcome: 'rejected', ...refusal },
    ],
    [
      { result: 'throttled', ...refusal },
      { outcome: 'retry', ...refusal },
    ],
    [{ result: 'rejected', code: 'NumberBarred' }, missing],
    [{ result: 'postponed', ...refusal }, missing],
    [{ result: 'constructor', ...refusal }, missing],
    [{}, missing],
  ] as const)('returns the outcome for the result %j', async ([result, outcome]) => {
    // Out of order, and with an unknown id among them.
    const results = [
      { id: 'stranger', result: 'accepted' },
      { id: 'b', ...result },
    ];
    expect(await answering(202, { results }).send(batch)).toMatchObject([missing, outcome]);
  });

  test.for([
    [301, 'retry', 'CarrierMisconfigured'],
    [400, 'rejected', 'CarrierRefusedRequest'],
    [401, 'retry', 'CarrierUnauthorised'],
    [403, 'retry', 'CarrierUnauthorised'],
    [404, 'retry', 'CarrierMisconfigured'],
    [413, 'rejected', 'CarrierRefusedRequest'],
    [429, 'retry', 'CarrierBusy'],
    [500, 'retry', 'CarrierBrokeDown'],
    [503, 'retry', 'CarrierUnavailable'],
  ] as const)('returns %s, %s after status %i', async ([status, outcome, code]) => {
    const explained = { outcome, code, message: `The carrier answered ${status}: Because.` };
    expect(await answering(status, { message: 'Because.' }).send(batch)).toMatchObject([explained, explained]);
    const bare = { outcome, code, message: `The carrier answered ${status}.` };
    expect(await answering(status, ['<html>']).send(batch)).toMatchObject([bare, bare]);
  });

  test.for([
    [
      new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }),
      'CarrierUnreachable',
      "The carrier can't be reached: connect ECONNREFUSED",
    ],
    [new TypeError('fetch failed'), 'CarrierUnreachable', "The carrier can't be reached: fetch failed"],
    [new DOMException('…', 'TimeoutError'), 'CarrierTimeout', 'The carrier did not answer in time.'],
    ['trouble', 'CarrierUnreachable', "The carrier can't be reached: trouble"],
  ] as const)('returns retry after %s', async ([trouble, code, message]) => {
    const retry = { outcome: 'retry', code, message };
    const thrown = createSimulatedCarrier({
      ...options,
      fetch: () => {
        throw trouble as Error;
      },
    });
    expect(await thrown.send(batch)).toMatchObject([retry, retry]);
    const rejected = createSimulatedCarrier({ ...options, fetch: () => Promise.reject(trouble) });
    expect(await rejected.send(batch)).toMatchObject([retry, retry]);
  });

  const because = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) });
  test.for([
    [because('ECONNREFUSED'), 'retry'],
    [because('ENOTFOUND'), 'retry'],
    [because('EAI_AGAIN'), 'retry'],
    [because('EHOSTUNREACH'), 'retry'],
    [because('ENETUNREACH'), 'retry'],
    [because('UND_ERR_CONNECT_TIMEOUT'), 'retry'],
    [because('ECONNRESET'), 'unknown'],
    [because('UND_ERR_SOCKET'), 'unknown'],
    [because('UND_ERR_HEADERS_TIMEOUT'), 'unknown'],
    [new TypeError('fetch failed'), 'unknown'],
    [new DOMException('…', 'TimeoutError'), 'unknown'],
    ['trouble', 'unknown'],
  ] as const)('without recognised repeats, %s means %s', async ([trouble, outcome]) => {
    const carrier = createSimulatedCarrier({
      ...options,
      recognisesRepeats: false,
      fetch: () => Promise.reject(trouble),
    });
    const [first, second] = await carrier.send(batch);
    expect([first?.outcome, second?.outcome]).toMatchObject([outcome, outcome]);
  });
});

describe('receive', () => {
  const carrier = createSimulatedCarrier(options);
  const digestOf = (timestamp: number | string, body: string, secret = 'secret') =>
    createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  const call = (body: string, headers: Record<string, string>): WebhookRequest => ({
    method: 'POST',
    query: '',
    headers: new Map(Object.entries(headers)),
    body: Buffer.from(body),
  });
  const signed = (body: string, timestamp: number | string = nowSeconds) =>
    call(body, {
      'x-simulated-timestamp': String(timestamp),
      'x-simulated-signature': `sha256=${digestOf(timestamp, body)}`,
    });
  const refused = (status: number, message: string) =>
    expect.objectContaining({ name: 'WebhookRefused', status, message }) as Error;

  const report = { id: 'a', status: 'delivered', at: '2026-11-23T09:59:59.500Z' };
  const oneReport = JSON.stringify({ reports: [report] });

  test('returns each report with our status', async () => {
    const reports = [
      report,
      { ...report, id: 'b', status: 'buffered' },
      { ...report, id: 'c', status: 'undelivered', code: 'AbsentSubscriber', message: 'Wasn’t there.' },
      { ...report, id: 'd', status: 'expired', code: 'X' },
    ];
    const at = new Date('2026-11-23T09:59:59.500Z');
    expect(await carrier.receive(signed(JSON.stringify({ reports })))).toEqual({
      reports: [
        { recipientId: 'a', status: 'delivered', at },
        { recipientId: 'b', status: 'sent', at },
        {
          recipientId: 'c',
          status: 'undelivered',
          code: 'AbsentSubscriber',
          message: 'Wasn’t there.',
          reason: 'absent',
          at,
        },
        { recipientId: 'd', status: 'expired', code: 'X', at },
      ],
      templates: [],
      inbound: [],
    });
    expect(await carrier.receive(signed('{"reports":[]}'))).toEqual({ reports: [], templates: [], inbound: [] });
  });

  test.for([-300, -1, 0, 1, 300])('accepts a call that was signed %i seconds from now', async (seconds) => {
    expect((await carrier.receive(signed(oneReport, nowSeconds + seconds))).reports).toHaveLength(1);
  });

  test.for([-301, 301, 86_400, -nowSeconds])('refuses a call that was signed %i seconds from now', async (seconds) => {
    const recorded = signed(oneReport, nowSeconds + seconds);
    await expect(carrier.receive(recorded)).rejects.toThrow(
      refused(401, 'the timestamp is more than five minutes from now'),
    );
  });

  const good = digestOf(nowSeconds, oneReport);
  const timestamp = String(nowSeconds);
  const malformed = 'the signature or its timestamp is missing or malformed';
  const wrong = 'the signature does not fit the body and the shared secret';
  test.for([
    [{}, malformed],
    [{ 'x-simulated-signature': `sha256=${good}` }, malformed],
    [{ 'x-simulated-timestamp': timestamp }, malformed],
    [{ 'x-simulated-timestamp': timestamp, 'x-simulated-signature': good }, malformed],
    [{ 'x-simulated-timestamp': timestamp, 'x-simulated-signature': `sha256=${good}00` }, malformed],
    [{ 'x-simulated-timestamp': timestamp, 'x-simulated-signature': `sha256=${good.slice(2)}` }, malformed],
    [{ 'x-simulated-timestamp': timestamp, 'x-simulated-signature': 'sha256=' }, malformed],
    [{ 'x-simulated-timestamp': timestamp, 'x-simulated-signature': `sha1=${good}` }, malformed],
    [{ 'x-simulated-timestamp': 'now', 'x-simulated-signature': `sha256=${digestOf('now', oneReport)}` }, malformed],
    [{ 'x-simulated-timestamp': `${nowSeconds + 1}`, 'x-simulated-signature': `sha256=${good}` }, wrong],
    [{ 'x-simulated-timestamp': timestamp, 'x-simulated-signature': `sha256=${'0'.repeat(64)}` }, wrong],
    [
      {
        'x-simulated-timestamp': timestamp,
        'x-simulated-signature': `sha256=${digestOf(nowSeconds, oneReport, 'another')}`,
      },
      wrong,
    ],
    [{ 'x-simulated-timestamp': timestamp, 'x-simulated-signature': `sha256=${digestOf(nowSeconds, '')}` }, wrong],
  ] as const)('refuses a call with the headers %j', async ([headers, message]) => {
    await expect(carrier.receive(call(oneReport, headers as Record<string, string>))).rejects.toThrow(
      refused(401, message),
    );
  });

  const withReport = (change: object) => JSON.stringify({ reports: [report, { ...report, ...change }] });
  const unknownStatus = 'reports[1] has a status that is not known';
  test.for([
    ['', 'the body is not JSON'],
    ['null', 'the body has no list of reports'],
    ['[]', 'the body has no list of reports'],
    ['"reports"', 'the body has no list of reports'],
    ['{}', 'the body has no list of reports'],
    ['{"reports":{}}', 'the body has no list of reports'],
    ['{"reports":[null]}', 'reports[0] is not an object'],
    ['{"reports":["a"]}', 'reports[0] is not an object'],
    [withReport({ id: '' }), 'reports[1] has no id'],
    [withReport({ id: 7 }), 'reports[1] has no id'],
    [withReport({ status: undefined }), unknownStatus],
    [withReport({ status: 'Delivered' }), unknownStatus],
    [withReport({ status: 'constructor' }), unknownStatus],
    [withReport({ code: 7 }), 'reports[1] has a code or message that is not a text'],
    [withReport({ message: null }), 'reports[1] has a code or message that is not a text'],
    [withReport({ at: undefined }), 'reports[1] has no time'],
    [withReport({ at: 0 }), 'reports[1] has no time'],
    [withReport({ at: 'soon' }), 'reports[1] has no time'],
  ] as const)('refuses the signed body %s', async ([body, message]) => {
    await expect(carrier.receive(signed(body))).rejects.toThrow(refused(400, message));
  });

  test('refuses bytes that are not UTF-8', async () => {
    const bytes = Buffer.from([0x22, 0xff, 0x22]);
    const digest = createHmac('sha256', 'secret').update(`${nowSeconds}.`).update(bytes).digest('hex');
    const request = call('', { 'x-simulated-timestamp': timestamp, 'x-simulated-signature': `sha256=${digest}` });
    await expect(carrier.receive({ ...request, body: bytes })).rejects.toThrow(refused(400, 'the body is not JSON'));
  });

  test('createSimulatedCarrier: throws if the secret is empty', () => {
    expect(() => createSimulatedCarrier({ ...options, webhookSecret: '' })).toThrow('needs a webhook secret');
  });
});
