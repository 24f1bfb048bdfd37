import { describe, expect, test } from 'vitest';
import { twilio } from '../../../../src/carriers/twilio/index.ts';
import { parseWebhook } from '../../../../src/carriers/twilio/parse-webhook.ts';
import { testNow } from '../../../support/labs/kernel.ts';
import { signTwilioCall } from '../../../support/servers/twilio-api.ts';
import { carrierDeps } from '../../../support/labs/carriers/carrier-deps.ts';

const read = (fields: Record<string, string>, query = '') => parseWebhook(new URLSearchParams(fields), query, testNow);
const nothing = { reports: [], templates: [], inbound: [] };
const refused = (status: number): Error => expect.objectContaining({ name: 'WebhookRefused', status }) as Error;

describe('a report', () => {
  const query = '?recipient=m-1-2';
  const report = (fields: Record<string, string>) => read({ MessageSid: 'SM1', ...fields }, query).reports;

  test.for(['sent', 'delivered', 'read'] as const)('%s', (status) => {
    expect(report({ MessageStatus: status })).toEqual([{ recipientId: 'm-1-2', status, at: testNow }]);
  });

  test('of a partial delivery to a group is delivered', () => {
    expect(report({ MessageStatus: 'partially_delivered' })).toMatchObject([{ status: 'delivered' }]);
  });

  test.for(['accepted', 'scheduled', 'queued', 'sending', 'receiving', 'received', 'teleported', ''])(
    'with a status before sending or an unknown one is ignored: %s',
    (status) => {
      expect(read({ MessageSid: 'SM1', MessageStatus: status }, query)).toEqual(nothing);
    },
  );

  test.for([
    ['undelivered', '30003', 'undelivered', 'absent'],
    ['undelivered', '30005', 'undelivered', 'invalidNumber'],
    ['undelivered', '30004', 'undelivered', 'barred'],
    ['undelivered', '30007', 'undelivered', 'contentRefused'],
    ['undelivered', '30008', 'undelivered', 'other'],
    ['failed', '30001', 'failed', 'throttled'],
    ['failed', '30002', 'failed', 'carrierSettings'],
    ['failed', '30036', 'expired', 'expired'],
    ['undelivered', '63016', 'undelivered', 'windowClosed'],
    ['failed', '63018', 'failed', 'throttled'],
    ['failed', '21610', 'failed', 'optedOut'],
  ] as const)('%s with %s is %s: %s', ([word, code, status, reason]) => {
    expect(report({ MessageStatus: word, ErrorCode: code })).toEqual([
      {
        recipientId: 'm-1-2',
        status,
        code,
        message: `Twilio reports ${word}, error ${code}: see twilio.com/docs/api/errors/${code}.`,
        reason,
        at: testNow,
      },
    ]);
  });

  test.for(['', '0', 'none', '<b>', '30003\r\nX: 1', '1e9', '9'.repeat(50)])(
    'without a valid code (%s) has the status as code',
    (code) => {
      expect(report({ MessageStatus: 'failed', ErrorCode: code })).toMatchObject([
        { code: 'failed', message: 'Twilio reports failed.', reason: 'other' },
      ]);
    },
  );

  test('of a message cancelled at Twilio is failed', () => {
    expect(report({ MessageStatus: 'canceled' })).toMatchObject([
      { status: 'failed', code: 'canceled', reason: 'canceled' },
    ]);
  });

  test.for(['ErrorMessage', 'ChannelStatusMessage'])('has the words of %s', (name) => {
    expect(report({ MessageStatus: 'failed', ErrorCode: '63016', [name]: 'Outside the window.' })).toMatchObject([
      { code: '63016', message: 'Outside the window.' },
    ]);
  });

  test.for(['', '?', '?recipient=', '?other=m-1-2'])('on a message of somebody else is ignored: %s', (itsQuery) => {
    expect(read({ MessageSid: 'SM1', MessageStatus: 'delivered' }, itsQuery)).toEqual(nothing);
  });

  test('is answered without TwiML', () => {
    expect(read({ MessageSid: 'SM1', MessageStatus: 'sent' }, query).answer).toBeUndefined();
  });

  test('without a message id is refused', () => {
    expect(() => read({ MessageStatus: 'delivered' })).toThrow(refused(400));
  });
});

describe('an inbound message', () => {
  const sms = { MessageSid: 'SM1', From: '+358401234567', To: '+358401000001', Body: 'Hei!', NumMedia: '0' };
  const event = {
    carrierMessageId: 'SM1',
    sender: '358401234567',
    recipient: '358401000001',
    protocol: 'SMS',
    content: 'Hei!',
    attachments: [],
  };

  test('has no time, and is answered with TwiML without a reply', () => {
    expect(read(sms)).toEqual({
      ...nothing,
      inbound: [event],
      answer: { status: 200, headers: { 'content-type': 'text/xml' }, body: '<Response/>' },
    });
  });

  test.for<[string, Record<string, string>, object]>([
    ['to a short code', { To: '16400' }, { recipient: '16400' }],
    ['from a name', { From: 'Example' }, { sender: 'Example' }],
    ['without a text', { Body: '' }, { content: '' }],
    ['with another field name for the id', { MessageSid: '', SmsSid: 'SM2' }, { carrierMessageId: 'SM2' }],
    ['as an MMS without media', { MessageSid: 'MM1' }, { carrierMessageId: 'MM1', protocol: 'MMS' }],
    [
      'by WhatsApp',
      { From: 'whatsapp:+358401234567', To: 'whatsapp:+358401000001', MessageSid: 'MM1' },
      { protocol: 'WhatsApp', carrierMessageId: 'MM1' },
    ],
    [
      'as a tap on a button',
      { Body: 'Yes', ButtonText: 'Yes', ButtonPayload: 'y' },
      { content: 'Yes', buttonReply: 'Yes' },
    ],
    ['as a tap without a text', { Body: '', ButtonText: 'Yes' }, { content: 'Yes', buttonReply: 'Yes' }],
  ])('is read %s', ([, fields, changes]) => {
    expect(read({ ...sms, ...fields }).inbound).toEqual([{ ...event, ...changes }]);
  });

  test('has its media, with names', () => {
    const types = ['image/jpeg', 'image/png', 'text/plain; charset=utf-8', 'application/vnd.ms-excel', ''];
    const media = Object.fromEntries(
      types.flatMap((type, index) => [
        [`MediaUrl${index}`, `https://api.twilio.com/${index}`],
        [`MediaContentType${index}`, type],
      ]),
    );
    const [found] = read({ ...sms, ...media, NumMedia: '5' }).inbound;
    expect(found?.protocol).toBe('MMS');
    expect(found?.attachments).toEqual([
      { reference: 'https://api.twilio.com/0', name: 'attachment-1.jpg', mimeType: 'image/jpeg' },
      { reference: 'https://api.twilio.com/1', name: 'attachment-2.png', mimeType: 'image/png' },
      { reference: 'https://api.twilio.com/2', name: 'attachment-3.txt', mimeType: 'text/plain; charset=utf-8' },
      { reference: 'https://api.twilio.com/3', name: 'attachment-4', mimeType: 'application/vnd.ms-excel' },
      { reference: 'https://api.twilio.com/4', name: 'attachment-5', mimeType: 'application/octet-stream' },
    ]);
  });

  test.for(['-1', '1.5', 'x', '999999999999', ''])('with a malformed number of media (%s) has none', (count) => {
    const media = { NumMedia: count, MediaUrl0: 'https://api.twilio.com/0' };
    expect(read({ ...sms, ...media }).inbound).toEqual([event]);
  });

  test('has at most the maximum number of media, and none without an address', () => {
    const media = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`MediaUrl${index}`, `https://a/${index}`]),
    );
    expect(read({ ...sms, ...media, NumMedia: '50', MediaUrl3: '' }).inbound[0]?.attachments).toHaveLength(9);
  });

  test.for<Record<string, string>>([
    { From: 'messenger:123', To: 'messenger:456' },
    { From: 'rcs:+358401234567', To: 'rcs:example' },
    { From: 'whatsapp:+358401234567' },
    { From: 'whatsapp:FI.123', To: 'whatsapp:+358401000001' },
  ])('of another channel is ignored: %o', (fields) => {
    expect(read({ ...sms, ...fields })).toMatchObject({ ...nothing, answer: { status: 200 } });
  });

  test.for(['MessageSid', 'From', 'To'])('without %s is refused', (name) => {
    expect(() => read({ ...sms, [name]: '' })).toThrow(refused(400));
  });
});

describe('a call', () => {
  const settings = {
    url: 'https://api.twilio.com',
    accountSid: `AC${'0'.repeat(32)}`,
    authToken: 'token',
    whatsappNumbers: [],
  };
  const webhookUrl = 'https://app.example/api/webhooks/twilio';
  const deps = carrierDeps({ webhookUrl, now: () => testNow });
  const carrier = twilio.create(settings, deps);
  const receive = (body: Uint8Array, signature: string) =>
    carrier.receive({ method: 'POST', query: '', headers: new Map([['x-twilio-signature', signature]]), body });

  test('is verified before it is parsed', async () => {
    await expect(receive(Buffer.from('MessageStatus=delivered'), 'x')).rejects.toThrow(refused(401));
    const signature = signTwilioCall(webhookUrl, { MessageStatus: 'delivered' }, 'token');
    await expect(receive(Buffer.from('MessageStatus=delivered'), signature)).rejects.toThrow(refused(400));
  });

  test.for(['', '&&&', '=', '{"a":1}', '%', 'a=%zz', '\u0000', '__proto__=1', '\ufeffMessageSid=SM1'])(
    'that is not a form is refused with WebhookRefused: %j',
    async (body) => {
      await expect(receive(Buffer.from(body), 'x')).rejects.toThrow(refused(401));
      const signature = signTwilioCall(webhookUrl, Object.fromEntries(new URLSearchParams(body)), 'token');
      await expect(receive(Buffer.from(body), signature)).rejects.toThrow(
        expect.objectContaining({ name: 'WebhookRefused' }) as Error,
      );
    },
  );

  test('with bytes that are not UTF-8 is refused', async () => {
    await expect(receive(Uint8Array.of(0x61, 0x3d, 0xff, 0xfe), 'x')).rejects.toThrow(refused(401));
  });

  test('can not be signed with an empty token, since the carrier can not be created with one', () => {
    expect(() => twilio.create({ ...settings, authToken: '' }, deps)).toThrow('token');
  });
});
