import { describe, expect, test } from 'vitest';
import { twilio } from '../../../../src/carriers/twilio/index.ts';
import type { TwilioSettings } from '../../../../src/carriers/twilio/settings.ts';
import type { OutboundBatch, SendOutcome } from '../../../../src/messages/index.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import { startTwilioApi } from '../../../support/servers/twilio-api.ts';
import { carrierDeps } from '../../../support/labs/carriers/carrier-deps.ts';

const accountSid = `AC${'0'.repeat(32)}`;
const webhookUrl = 'https://app.example/api/webhooks/twilio';
const deps = carrierDeps({ webhookUrl, now: () => testNow });
const defaults: TwilioSettings = { url: 'https://api.twilio.com', accountSid, authToken: 'token', whatsappNumbers: [] };

function batchOf(details: Partial<OutboundBatch> = {}): OutboundBatch {
  const recipients = [{ recipientId: 'm-1', address: '358401230001', content: 'Hei', parts: 1 }];
  return { messageId: 'm', sender: '358401000001', protocol: 'SMS', attemptedAt: testNow, recipients, ...details };
}

/** Sends to a server that always gives the same answer; returns the outcomes and the calls. */
async function sendTo(answer: () => Response, { settings = defaults, batch = batchOf() } = {}) {
  const calls: { url: string; init: RequestInit; form: Record<string, string> }[] = [];
  const carrier = twilio.create(settings, {
    ...deps,
    fetch: (url, init = {}) => {
      const form = Object.fromEntries(new URLSearchParams(init.body as string));
      calls.push({ url: url as string, init, form });
      return Promise.resolve(answer());
    },
  });
  return { outcomes: await carrier.send(batch), calls };
}

const created = () => Response.json({ sid: 'SM1', status: 'queued', error_code: null }, { status: 201 });

describe('a call of Twilio', () => {
  test('is a form with all fields', async () => {
    const { outcomes, calls } = await sendTo(created);
    expect(outcomes).toEqual([{ outcome: 'sent', carrierReference: 'SM1' }]);
    expect(calls).toMatchObject([
      {
        url: `https://api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`,
        init: {
          method: 'POST',
          headers: {
            authorization: `Basic ${Buffer.from(`${accountSid}:token`).toString('base64')}`,
            'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
          },
          redirect: 'manual',
        },
        form: {},
      },
    ]);
    expect(calls[0]?.form).toEqual({
      To: '+358401230001',
      From: '+358401000001',
      Body: 'Hei',
      StatusCallback: `${webhookUrl}?recipient=m-1#rc=5&rp=all`,
    });
  });

  test.for([
    ['SMS', '358401000001', '+358401000001'],
    ['SMS', '16400', '16400'],
    ['SMS', 'Example', 'Example'],
    ['SMS', 'Ex 24/7', 'Ex 24/7'],
    ['WhatsApp', '358401000001', 'whatsapp:+358401000001'],
  ] as const)('by %s from the sender %s has the sender %s', async ([protocol, sender, written]) => {
    const { calls } = await sendTo(created, { batch: batchOf({ protocol, sender }) });
    expect(calls[0]?.form).toMatchObject({ From: written });
    expect(calls[0]?.form['To']).toBe(`${protocol === 'WhatsApp' ? 'whatsapp:' : ''}+358401230001`);
  });

  test.for([
    'a&To=+15005550006&MediaUrl=https://evil.example',
    'line\r\nX-Evil: 1\r\n\r\n',
    '100 % = ? # + €',
    '\u0000',
    'ä😀',
  ])('contains the text unchanged: %j', async (content) => {
    const recipients = [{ recipientId: `m&x=1#${content}`, address: '358401230001', content, parts: 1 }];
    const { calls } = await sendTo(created, { batch: batchOf({ recipients, sender: `S${content}` }) });
    const form: Record<string, string> = calls[0]?.form ?? {};
    expect(Object.keys(form).toSorted()).toEqual(['Body', 'From', 'StatusCallback', 'To']);
    expect(form).toMatchObject({ Body: content, From: `S${content}`, To: '+358401230001' });
    const callback = new URL(form['StatusCallback'] ?? '');
    expect(callback.origin + callback.pathname).toBe(webhookUrl);
    expect([...callback.searchParams]).toEqual([['recipient', `m&x=1#${content}`]]);
    expect(callback.hash).toBe('#rc=5&rp=all');
  });

  test('uses the API key if there is one, and names the messaging service for SMS', async () => {
    const apiKey = { sid: `SK${'1'.repeat(32)}`, secret: 'sécret' };
    const settings = { ...defaults, apiKey, messagingServiceSid: `MG${'2'.repeat(32)}` };
    const { calls } = await sendTo(created, { settings });
    expect(calls[0]?.form).toMatchObject({ From: '+358401000001', MessagingServiceSid: settings.messagingServiceSid });
    const authorization = `Basic ${Buffer.from(`${apiKey.sid}:sécret`).toString('base64')}`;
    expect(calls[0]?.init.headers).toMatchObject({ authorization });
    const whatsapp = await sendTo(created, { settings, batch: batchOf({ protocol: 'WhatsApp' }) });
    expect(whatsapp.calls[0]?.form).not.toHaveProperty('MessagingServiceSid');
  });
});

describe('Twilio’s answer', () => {
  const refusing =
    (status: number, body: unknown, headers = {}) =>
    () =>
      Response.json(body, { status, headers });
  const outcomeOf = async (answer: () => Response): Promise<SendOutcome | undefined> =>
    (await sendTo(answer)).outcomes[0];

  test.for([
    [400, 21211, 'rejected', 'invalidNumber'],
    [400, 21614, 'rejected', 'invalidNumber'],
    [400, 21635, 'rejected', 'invalidNumber'],
    [400, 21212, 'rejected', 'contentRefused'],
    [400, 21606, 'rejected', 'contentRefused'],
    [400, 21659, 'rejected', 'contentRefused'],
    [400, 21617, 'rejected', 'contentRefused'],
    [400, 21408, 'rejected', 'barred'],
    [403, 21408, 'rejected', 'barred'],
    [400, 21612, 'rejected', 'barred'],
    [400, 21610, 'rejected', 'optedOut'],
    [400, 63016, 'rejected', 'windowClosed'],
    [400, 21611, 'retry', 'throttled'],
    [429, 21611, 'retry', 'throttled'],
    [429, 20429, 'retry', 'throttled'],
    [400, 63018, 'retry', 'throttled'],
    [401, 20003, 'retry', 'carrierSettings'],
    [403, 20003, 'retry', 'carrierSettings'],
    [404, 20404, 'retry', 'carrierSettings'],
    [400, 21609, 'retry', 'carrierSettings'],
  ] as const)('%i with %i is %s: %s', async ([status, code, outcome, reason]) => {
    const answer = refusing(status, { code, message: 'Words.', status });
    expect(await outcomeOf(answer)).toEqual({ outcome, code: String(code), message: 'Words.', reason });
  });

  test.for([
    [400, 'rejected', 'contentRefused'],
    [429, 'retry', 'throttled'],
    [503, 'retry', 'carrierUnavailable'],
    [500, 'unknown', 'inDoubt'],
    [401, 'retry', 'carrierSettings'],
    [418, 'retry', 'carrierSettings'],
  ] as const)('with an unknown code, %i is %s: %s', async ([status, outcome, reason]) => {
    const answer = refusing(status, { code: 99_999, message: 'Words.' });
    const message = `The carrier answered ${status}: Words.`;
    expect(await outcomeOf(answer)).toEqual({ outcome, code: '99999', message, reason });
  });

  test.for([500, 502, 503, 504])('%i is never a refusal, whatever its code', async (status) => {
    const outcome = await outcomeOf(refusing(status, { code: 21211, message: 'Words.' }));
    expect(outcome?.outcome).toBe(status === 503 ? 'retry' : 'unknown');
  });

  test.for([{}, { code: '21211' }, { code: 21211.5 }, { code: null, message: 7 }, { code: [21211] }, null, 'x', []])(
    'a refusal with malformed fields (%j) gets the outcome of its status',
    async (body) => {
      expect(await outcomeOf(refusing(400, body))).toEqual({
        outcome: 'rejected',
        code: 'CarrierRefusedRequest',
        reason: 'contentRefused',
        message: 'The carrier answered 400.',
      });
    },
  );

  test('Retry-After becomes retryAfterSeconds', async () => {
    const answer = refusing(429, { code: 20429, message: 'Too many requests.' }, { 'retry-after': '7' });
    expect(await outcomeOf(answer)).toMatchObject({ outcome: 'retry', reason: 'throttled', retryAfterSeconds: 7 });
  });

  test.for([
    [{ status: 'failed', error_code: 30_007, error_message: 'Filtered.' }, '30007', 'Filtered.', 'contentRefused'],
    [{ status: 'undelivered', error_code: 30_003 }, '30003', /failed at once/, 'absent'],
    [{ status: 'failed', error_code: null }, 'TwilioGaveUp', /failed at once/, 'other'],
    [{ status: 'canceled' }, 'TwilioGaveUp', /failed at once/, 'other'],
  ] as const)('a message that failed at once (%j) is rejected', async ([fields, code, words, reason]) => {
    expect(await outcomeOf(refusing(201, { sid: 'SM1', ...fields }))).toEqual({
      outcome: 'rejected',
      code,
      message: expect.stringMatching(words) as string,
      reason,
    });
  });

  test.for([{}, { sid: '' }, { sid: 7 }, { sid: null, status: 'queued' }])(
    'a success without an id (%j) leaves the message in doubt',
    async (body) => {
      expect(await outcomeOf(refusing(201, body))).toMatchObject({ outcome: 'unknown', reason: 'inDoubt' });
    },
  );
});

test("Twilio's test numbers are refused as documented", async () => {
  const network = await startTwilioApi({ accountSid, authToken: 'token', inboundUrl: webhookUrl });
  try {
    const carrier = twilio.create({ ...defaults, url: network.url }, { ...deps, fetch });
    const recipients = ['0001', '0002', '0003', '0004', '0009'].map((end, index) => ({
      recipientId: `m-${index}`,
      address: `1500555${end}`,
      content: 'Hei',
      parts: 1,
    }));
    expect(await carrier.send(batchOf({ recipients }))).toMatchObject([
      { outcome: 'rejected', code: '21211', reason: 'invalidNumber' },
      { outcome: 'rejected', code: '21612', reason: 'barred' },
      { outcome: 'rejected', code: '21408', reason: 'barred' },
      { outcome: 'rejected', code: '21610', reason: 'optedOut' },
      { outcome: 'rejected', code: '21614', reason: 'invalidNumber' },
    ]);
    for (const [end, outcome, code, reason] of [
      ['0001', 'rejected', '21212', 'contentRefused'],
      ['0007', 'rejected', '21606', 'contentRefused'],
      ['0008', 'retry', '21611', 'throttled'],
    ]) {
      expect(await carrier.send(batchOf({ sender: `1500555${end}` }))).toMatchObject([{ outcome, code, reason }]);
    }
    expect(network.taken).toEqual([]);
  } finally {
    await network.stop();
  }
});
