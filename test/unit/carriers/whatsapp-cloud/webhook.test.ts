import { describe, expect, test } from 'vitest';
import type { WebhookEvents, WebhookRequest } from '../../../../src/carriers/carrier.ts';
import type { DeliveryReport } from '../../../../src/messages/index.ts';
import { advances } from '../../../../src/messages/status.ts';
import { connectCloud, signedCall } from '../../../support/labs/carriers/whatsapp-cloud.ts';

const carrier = connectCloud({ url: 'https://graph.example' });
const recipientId = `${'a'.repeat(32)}-00000`;
const metadata = { display_phone_number: '+358 40-100 0001', phone_number_id: '1111' };
const refused = (status: number): Error => expect.objectContaining({ name: 'WebhookRefused', status });

const receiveEntry = (entry: unknown): Promise<WebhookEvents> =>
  carrier.receive(signedCall(JSON.stringify({ object: 'whatsapp_business_account', entry })));
const receiveChange = (field: string, value: unknown, id: unknown = '2222'): Promise<WebhookEvents> =>
  receiveEntry([{ id, time: 1, changes: [{ field, value }] }]);
const nothing: WebhookEvents = { reports: [], templates: [], inbound: [] };

describe('a verification request', () => {
  const ask = (query: string): Promise<WebhookEvents> =>
    carrier.receive({ method: 'GET', query, headers: new Map(), body: new Uint8Array() });

  test('is answered with the challenge', async () => {
    const query = '?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=verify%20token';
    expect(await ask(query)).toEqual({
      ...nothing,
      answer: { status: 200, headers: { 'content-type': 'text/plain' }, body: '1158201444' },
    });
  });

  test.for([
    ['', 403],
    ['?hub.mode=subscribe&hub.challenge=1', 403],
    ['?hub.mode=subscribe&hub.challenge=1&hub.verify_token=', 403],
    ['?hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify', 403],
    ['?hub.mode=subscribe&hub.challenge=1&hub.verify_token=verify+tokens', 403],
    ['?hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=verify+token', 400],
    ['?hub.challenge=1&hub.verify_token=verify+token', 400],
    ['?hub.mode=subscribe&hub.verify_token=verify+token', 400],
    ['?hub.mode=subscribe&hub.challenge=%3Cscript%3E&hub.verify_token=verify+token', 400],
  ] as const)('is refused if it is malformed: %s', async ([query, status]) => {
    await expect(ask(query)).rejects.toThrow(refused(status));
  });
});

describe('the signature', () => {
  // The example of RFC 4231, test case 2, whose key and data are texts: HMAC-SHA-256 as everybody computes it.
  test('is HMAC-SHA-256 of the raw body', async () => {
    const digest = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';
    const call: WebhookRequest = {
      method: 'POST',
      query: '',
      headers: new Map([['x-hub-signature-256', `sha256=${digest}`]]),
      body: Buffer.from('what do ya want for nothing?'),
    };
    // The signature is valid, so the body is what is refused.
    await expect(connectCloud({ url: 'https://graph.example', appSecret: 'Jefe' }).receive(call)).rejects.toThrow(
      refused(400),
    );
    await expect(carrier.receive(call)).rejects.toThrow(refused(401));
  });

  test('covers the bytes with escaped letters unchanged', async () => {
    const body = String.raw`{"object":"whatsapp_business_account","entry":[],"x":"\u00e4\ud83d\ude00"}`;
    expect(await carrier.receive(signedCall(body))).toEqual(nothing);
    const unescaped = { ...signedCall(body), body: Buffer.from(JSON.stringify(JSON.parse(body))) };
    await expect(carrier.receive(unescaped)).rejects.toThrow(refused(401));
  });
});

describe('a status', () => {
  const status = (details: object = {}): object => ({
    id: 'wamid.1',
    status: 'delivered',
    timestamp: '1795428000',
    recipient_id: '358401230001',
    biz_opaque_callback_data: recipientId,
    pricing: { billable: true, pricing_model: 'PMP', category: 'utility' },
    ...details,
  });
  const reportsOf = async (...statuses: unknown[]): Promise<DeliveryReport[]> =>
    (await receiveChange('messages', { messaging_product: 'whatsapp', metadata, statuses })).reports;
  const at = new Date(1_795_428_000_000);

  test.for([
    ['sent', 'sent'],
    ['delivered', 'delivered'],
    ['read', 'read'],
    ['played', 'read'],
  ] as const)('%s is %s', async ([word, ours]) => {
    expect(await reportsOf(status({ status: word }))).toEqual([{ recipientId, status: ours, at }]);
  });

  test.for([
    [131026, 'undelivered', 'barred'],
    [130472, 'undelivered', 'barred'],
    [131021, 'undelivered', 'invalidNumber'],
    [131049, 'undelivered', 'recipientCapped'],
    [131047, 'rejected', 'windowClosed'],
    [131050, 'rejected', 'optedOut'],
    [132015, 'rejected', 'templateTrouble'],
    [131053, 'rejected', 'contentRefused'],
    [131048, 'failed', 'throttled'],
    [131000, 'failed', 'carrierUnavailable'],
    [131042, 'failed', 'carrierSettings'],
    [999_999, 'failed', 'other'],
  ] as const)('failed with %i is %s, %s', async ([code, ours, reason]) => {
    const errors = [{ code, title: 'Title', message: 'Title', error_data: { details: 'Details.' }, href: 'https://x' }];
    expect(await reportsOf(status({ status: 'failed', errors }))).toEqual([
      { recipientId, status: ours, reason, code: String(code), message: 'Details.', at },
    ]);
  });

  test.for([undefined, 7, [], [null], [{}], [{ code: 'x' }]])(
    'failed without a known error (%j) has the status failed',
    async (errors) => {
      expect(await reportsOf(status({ status: 'failed', errors }))).toMatchObject([
        { status: 'failed', reason: 'other', code: 'Failed', message: 'WhatsApp says that sending failed.' },
      ]);
    },
  );

  test.for([
    ['an unknown status', { status: 'warning' }],
    ['a malformed status', { status: 7 }],
    ['no id of ours, since another tool sent the message', { biz_opaque_callback_data: undefined }],
    ['no time', { timestamp: undefined }],
    ['a malformed time', { timestamp: 'soon' }],
    ['a time beyond the calendar', { timestamp: 9e15 }],
  ] as const)('with %s is ignored, and the others are not', async ([, details]) => {
    const reports = await reportsOf(status(details), null, 7, 'x', [], status());
    expect(reports).toEqual([{ recipientId, status: 'delivered', at }]);
  });

  /** The status of a recipient after Meta's statuses arrived in this order. */
  const endOf = async (...words: string[]): Promise<string> => {
    const errors = [{ code: 131026, title: 'Message undeliverable' }];
    const reports = await reportsOf(...words.map((word) => status({ status: word, errors })));
    return reports.reduce<DeliveryReport['status']>(
      (current, report) => (advances(current, report.status) ? report.status : current),
      'sent',
    );
  };

  test.for([
    [['read', 'delivered', 'sent'], 'read'],
    [['sent', 'read'], 'read'],
    [['delivered', 'delivered', 'sent'], 'delivered'],
    [['failed', 'delivered'], 'delivered'],
    [['delivered', 'failed'], 'delivered'],
    [['failed', 'failed', 'sent'], 'undelivered'],
  ] as const)('%j, in this order, has the final status %s', async ([words, end]) => {
    expect(await endOf(...words)).toBe(end);
  });
});

describe('a call', () => {
  test('returns the events of all entries', async () => {
    const message = { from: '358401230001', id: 'wamid.2', timestamp: '1', type: 'text', text: { body: 'Hei' } };
    const status = { status: 'sent', timestamp: '1', biz_opaque_callback_data: recipientId };
    const { reports, inbound, templates } = await receiveEntry([
      {
        id: '2222',
        changes: [
          { field: 'messages', value: { metadata, messages: [message], statuses: [status] } },
          { field: 'messages', value: { metadata, messages: [{ ...message, id: 'wamid.3' }] } },
        ],
      },
      {
        id: '2223',
        changes: [
          { field: 'message_template_status_update', value: { event: 'APPROVED', message_template_name: 'a' } },
        ],
      },
    ]);
    expect(reports).toHaveLength(1);
    expect(inbound.map(({ carrierMessageId }) => carrierMessageId)).toEqual(['wamid.2', 'wamid.3']);
    expect(templates).toEqual([{ identity: '358401000003', name: 'a', status: 'approved' }]);
  });

  test.for([
    ['no list of entries', 'null'],
    ['no list of entries', '{"object":"whatsapp_business_account","entry":{}}'],
    ['no object field', '{"entry":[]}'],
    ['not JSON', '{"object":'],
    ['not UTF-8', Buffer.from([0x22, 0xff, 0x22])],
  ] as const)('with %s is refused: %s', async ([, body]) => {
    await expect(carrier.receive(signedCall(body))).rejects.toThrow(refused(400));
  });

  test.for([
    { object: 'page', entry: [{ changes: [{ field: 'messages', value: {} }] }] },
    { object: 'whatsapp_business_account', entry: [] },
    { object: 'whatsapp_business_account', entry: [null, 7, {}, { changes: 7 }, { changes: [null, {}] }] },
    { object: 'whatsapp_business_account', entry: [{ changes: [{ field: 'account_update', value: { event: 'X' } }] }] },
    {
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ field: 'messages' }, { field: 'messages', value: 7 }] }],
    },
    {
      object: 'whatsapp_business_account',
      entry: [{ changes: [{ field: 'messages', value: { statuses: {}, messages: 'x' } }] }],
    },
  ])('of an unused kind is accepted, and returns no events: %j', async (body) => {
    expect(await carrier.receive(signedCall(JSON.stringify(body)))).toEqual(nothing);
  });
});

describe('a template status update', () => {
  const updateOf = async (value: object, account: unknown = '2223') =>
    (await receiveChange('message_template_status_update', value, account)).templates;
  const about = { message_template_id: 5, message_template_name: 'order_ready', message_template_language: 'fi' };
  const ours = { identity: '358401000003', name: 'order_ready', language: 'fi' };

  test.for([
    ['APPROVED', 'approved'],
    ['REINSTATED', 'approved'],
    ['PENDING', 'pending'],
    ['IN_APPEAL', 'pending'],
  ] as const)('%s is %s', async ([event, status]) => {
    expect(await updateOf({ ...about, event, reason: 'NONE' })).toEqual([{ ...ours, status }]);
  });

  test.for([
    [{ event: 'REJECTED', reason: 'INCORRECT_CATEGORY' }, 'INCORRECT_CATEGORY'],
    [
      {
        event: 'REJECTED',
        reason: 'INVALID_FORMAT',
        rejection_info: { reason: 'Dangling.', recommendation: 'Add text.' },
      },
      'INVALID_FORMAT: Dangling.: Add text.',
    ],
    [
      { event: 'PAUSED', reason: 'NONE', other_info: { title: 'SECOND_PAUSE', description: 'For 6 hours.' } },
      'PAUSED: SECOND_PAUSE: For 6 hours.',
    ],
    [{ event: 'DISABLED', disable_info: { disable_date: 1 } }, 'DISABLED'],
    [{ event: 'DELETED' }, 'DELETED'],
    [{ event: 'PENDING_DELETION' }, 'PENDING_DELETION'],
    [{ event: 'ARCHIVED' }, 'ARCHIVED'],
    [{ event: 'REJECTED', reason: 'NONE' }, 'WhatsApp gives no reason.'],
  ] as const)('%j makes the template rejected', async ([value, reason]) => {
    expect(await updateOf({ ...about, ...value })).toEqual([{ ...ours, status: 'rejected', reason }]);
  });

  test('is returned for each number of the account', async () => {
    const updates = await updateOf({ ...about, event: 'APPROVED' }, '2222');
    expect(updates.map(({ identity }) => identity)).toEqual(['358401000001', '358401000002']);
  });

  test.for([
    [{ ...about, event: 'FLAGGED' }, '2223'],
    [{ ...about, event: 'LOCKED' }, '2223'],
    [{ ...about, event: 'LIMIT_EXCEEDED' }, '2223'],
    [{ ...about }, '2223'],
    [{ event: 'APPROVED' }, '2223'],
    [{ event: 'APPROVED', message_template_name: 7 }, '2223'],
    [{ ...about, event: 'APPROVED' }, '9999'],
    [{ ...about, event: 'APPROVED' }, undefined],
  ] as const)('%j of account %s changes nothing', async ([value, account]) => {
    expect(await updateOf(value, account ?? null)).toEqual([]);
  });
});
