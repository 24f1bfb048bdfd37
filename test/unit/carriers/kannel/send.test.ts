import { createHmac } from 'node:crypto';

import { describe, expect, onTestFinished, test } from 'vitest';

import type { KannelSettings } from '../../../../src/carriers/kannel/settings.ts';
import type { SendOutcome } from '../../../../src/messages/index.ts';
import { splitSms } from '../../../../src/messages/compose/sms-parts.ts';
import { startFaultyNetwork } from '../../../support/servers/faulty-network.ts';
import { startKannelApi } from '../../../support/servers/kannel-api.ts';
import type { KannelApi } from '../../../support/servers/kannel-api.ts';
import { kannelUser } from '../../../support/hosts/kannel-boxes.ts';
import { createKannelCarrier, kannelSecrets } from '../../../support/labs/carriers/kannel.ts';

const recipientId = `${'0'.repeat(31)}a-00000`;

async function startApi(user: { username: string; password: string } = kannelUser): Promise<KannelApi> {
  const api = await startKannelApi(user);
  onTestFinished(() => api.stop());
  return api;
}

interface Message {
  sender?: string;
  address?: string;
  content?: string;
  id?: string;
}

async function send(
  settings: Partial<KannelSettings> & { url: string },
  { sender = 'Example', address = '358401230001', content = 'Hello', id = recipientId }: Message = {},
  deps: Parameters<typeof createKannelCarrier>[1] = {},
): Promise<SendOutcome | undefined> {
  const { parts } = splitSms(content);
  const [outcome] = await createKannelCarrier(settings, deps).send({
    messageId: '0'.repeat(32),
    sender,
    protocol: 'SMS',
    attemptedAt: new Date(),
    recipients: [{ recipientId: id, address, content, parts: parts.length }],
  });
  return outcome;
}

describe('a call of smsbox', () => {
  test('has all fields of a short message in headers, and none in the address', async () => {
    const api = await startApi();
    expect(await send({ url: api.url }, { content: 'Hei €' })).toEqual({ outcome: 'sent' });
    const [call] = api.calls;
    const key = createHmac('sha256', kannelSecrets.webhookSecret).update(recipientId).digest('hex');
    const ours = [...(call?.headers ?? [])].filter(([name]) => name.startsWith('x-kannel-') || name === 'content-type');
    expect(Object.fromEntries(ours)).toEqual({
      'content-type': 'text/plain; charset=UTF-8',
      'x-kannel-username': kannelUser.username,
      'x-kannel-password': kannelUser.password,
      'x-kannel-from': 'Example',
      'x-kannel-to': '+358401230001',
      'x-kannel-coding': '0',
      'x-kannel-dlr-mask': '19',
      'x-kannel-dlr-url': `http://127.0.0.1:9/webhooks/kannel?recipient=${recipientId}&key=${key}&type=%d&reply=%A&at=%T`,
    });
    expect(call?.text).toBe('Hei €');
  });

  test.for([
    ['a name', 'Mökki & Co', 'Mökki & Co'],
    ['a short code', '16400', '16400'],
    ['a number, which is international', '4512345678', '+4512345678'],
  ] as const)('has the sender in Kannel’s form: %s', async ([, sender, from]) => {
    const api = await startApi();
    await send({ url: api.url }, { sender });
    expect(api.calls).toMatchObject([{ from }]);
  });

  test('has the credentials in UTF-8', async () => {
    const user = { username: 'käyttäjä', password: 'pa$$ €' };
    const api = await startApi(user);
    expect(await send({ url: api.url, ...user })).toEqual({ outcome: 'sent' });
  });

  test('names the connection from the settings', async () => {
    const api = await startApi();
    await send({ url: api.url, smsc: 'OPERATOR-1' });
    expect(api.calls[0]?.headers.get('x-kannel-smsc')).toBe('OPERATOR-1');
  });

  test('has an address for reports in which per cent signs are escaped for Kannel', async () => {
    const api = await startApi();
    await send({ url: api.url }, {}, { webhookUrl: 'https://example.com/a%20d/ä' });
    expect(api.calls[0]?.dlrUrl).toMatch(/^https:\/\/example\.com\/a%%20d\/%%C3%%A4\?recipient=/);
    await send({ url: api.url, callbackUrl: 'http://127.0.0.1:8080/kannel' });
    expect(api.calls[1]?.dlrUrl).toMatch(/^http:\/\/127\.0\.0\.1:8080\/kannel\?recipient=/);
  });

  test.for([
    ['GSM 03.38, full', 'a'.repeat(160), '0', 1],
    ['GSM 03.38, one too many', 'a'.repeat(161), '0', 2],
    ['GSM 03.38, an escape pair at the cut', `${'a'.repeat(152)}€${'b'.repeat(160)}`, '0', 3],
    ['UCS-2, full', 'ж'.repeat(70), '2', 1],
    ['UCS-2, a surrogate pair at the cut', `${'ж'.repeat(66)}😀${'ж'.repeat(65)}`, '2', 2],
    ['the maximum number of parts', 'a'.repeat(153 * 255), '0', 255],
    ['no text', '', '0', 1],
  ] as const)('is made for each part, with a header for joining: %s', async ([, content, coding, count]) => {
    const api = await startApi();
    expect(await send({ url: api.url }, { content })).toEqual({ outcome: 'sent' });
    expect(api.received('358401230001')).toEqual([{ content, sender: 'Example' }]);
    expect(api.calls).toHaveLength(count);
    expect(new Set(api.calls.map((call) => call.coding))).toEqual(new Set([coding]));
    const hex = (number: number): string => number.toString(16).padStart(2, '0').toUpperCase();
    const reference = api.calls[0]?.udh.slice(6, 8) ?? '';
    expect(api.calls.map(({ udh, dlrMask, dlrUrl }) => ({ udh, wantsReport: dlrMask !== 0 && dlrUrl !== '' }))).toEqual(
      Array.from({ length: count }, (_, index) => ({
        udh: count === 1 ? '' : `050003${reference}${hex(count)}${hex(index + 1)}`,
        wantsReport: index === count - 1,
      })),
    );
  });

  test('has different references for the parts of different messages to one phone', async () => {
    const api = await startApi();
    for (const id of ['a', 'b', 'c']) await send({ url: api.url }, { content: 'a'.repeat(161), id });
    expect(new Set(api.calls.map(({ udh }) => udh.slice(6, 8))).size).toBe(3);
  });
});

describe('smsbox never gets', () => {
  test.for([
    ['a line break in a sender', { sender: 'A\r\nX-Kannel-To: 1' }, 'KannelSenderRefused'],
    ['a single line feed', { sender: 'A\nB' }, 'KannelSenderRefused'],
    ['a null character', { sender: 'A\0B' }, 'KannelSenderRefused'],
    ['a control character of ISO 8859-1', { sender: 'A\u0085B' }, 'KannelSenderRefused'],
    ['no sender', { sender: '' }, 'KannelSenderRefused'],
    ['two numbers', { address: '358401230001 358401230002' }, 'KannelNumberRefused'],
    ['a line break in a number', { address: '358401230001\r\nX: y' }, 'KannelNumberRefused'],
    ['a name as number', { address: 'Example' }, 'KannelNumberRefused'],
    ['no number', { address: '' }, 'KannelNumberRefused'],
    ['too long a number', { address: '1'.repeat(16) }, 'KannelNumberRefused'],
  ] as const)('%s', async ([, message, code]) => {
    const api = await startApi();
    expect(await send({ url: api.url }, message)).toMatchObject({ outcome: 'rejected', code });
    expect(api.calls).toEqual([]);
  });

  test('a header in the text', async () => {
    const api = await startApi();
    const content = 'Hi\r\n\r\nX-Kannel-To: 1\r\n';
    await send({ url: api.url }, { content });
    expect(api.calls).toMatchObject([{ text: content, to: '+358401230001' }]);
  });
});

/** Answers one call after the other with these; a status of 0 closes the connection. */
async function answeringInTurn(...answers: (readonly [status: number, body: string])[]) {
  let calls = 0;
  const url = await startFaultyNetwork((request, response) => {
    const [status, body] = answers[calls] ?? [202, '0: Accepted for delivery'];
    calls += 1;
    request.resume().once('end', () => {
      if (status === 0) request.socket.destroy();
      else response.writeHead(status).end(body);
    });
  });
  return { url, calls: () => calls };
}

describe('smsbox’s answer', () => {
  test.for([
    [202, '0: Accepted for delivery', { outcome: 'sent' }],
    [202, '3: Queued for later delivery', { outcome: 'sent' }],
    [202, '', { outcome: 'unknown', code: 'CarrierAnswerIncomplete' }],
    [202, '1: What is this', { outcome: 'unknown', code: 'CarrierAnswerIncomplete' }],
    [200, '0: Accepted for delivery', { outcome: 'unknown', code: 'CarrierAnswerIncomplete' }],
    [
      400,
      'Number(s) has/have been denied by white- and/or black-lists.',
      { outcome: 'rejected', reason: 'barred', message: expect.stringContaining('black-lists') as string },
    ],
    [400, 'Empty receiver number not allowed, rejected', { outcome: 'rejected', reason: 'invalidNumber' }],
    [400, 'Sender missing and no global set, rejected', { outcome: 'rejected', reason: 'contentRefused' }],
    [403, 'Authorization failed for sendsms', { outcome: 'retry', reason: 'carrierSettings' }],
    [
      503,
      'Temporal failure, try again later.',
      { outcome: 'retry', reason: 'carrierUnavailable', message: expect.stringContaining('Temporal') as string },
    ],
    [
      404,
      '<html>not Kannel</html>',
      { outcome: 'retry', reason: 'carrierSettings', message: 'The carrier answered 404.' },
    ],
  ] as const)('%i %s', async ([status, body, expected]) => {
    const { url } = await answeringInTurn([status, body]);
    expect(await send({ url })).toMatchObject(expected);
  });

  const long = { content: 'a'.repeat(400) };

  test('if the first part is refused, no other part is sent', async () => {
    const { url, calls } = await answeringInTurn([503, 'Temporal failure, try again later.']);
    expect(await send({ url }, long)).toMatchObject({ outcome: 'retry', reason: 'carrierUnavailable' });
    expect(calls()).toBe(1);
  });

  test('if the first part is in doubt, no other part is sent', async () => {
    const { url, calls } = await answeringInTurn([0, '']);
    expect(await send({ url }, long)).toMatchObject({ outcome: 'unknown', reason: 'inDoubt' });
    expect(calls()).toBe(1);
  });

  test.for([
    [503, 'Temporal failure, try again later.'],
    [403, 'Authorization failed for sendsms'],
    [400, 'Whatever'],
    [500, ''],
    [0, ''],
  ] as const)('if a later part ends with %i, the message is in doubt and is not sent again', async (answer) => {
    const { url, calls } = await answeringInTurn([202, '0: Accepted for delivery'], answer);
    expect(await send({ url }, long)).toEqual({
      outcome: 'unknown',
      code: 'KannelPartsMissing',
      reason: 'inDoubt',
      message: expect.stringMatching(/^Kannel took 1 of 3 parts, then failed: \S/) as string,
    });
    expect(calls()).toBe(2);
  });

  test('all parts together have the timeout of one call', async () => {
    let isLate = false;
    const url = await startFaultyNetwork((request, response) => {
      request.resume();
      // The second part is never answered.
      if (isLate) return;
      isLate = true;
      response.writeHead(202).end('0: Accepted for delivery');
    });
    const now = (): Date => new Date(isLate ? 10 * 60_000 : 0);
    // Longer than a test may take, so that the test fails if each part has the whole time.
    expect(await send({ url }, long, { now, timeoutMs: 5 * 60_000 })).toMatchObject({ code: 'KannelPartsMissing' });
  });
});
