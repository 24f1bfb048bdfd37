import { describe, expect, test } from 'vitest';
import type { OutboundBatch, TemplateCall } from '../../../../src/messages/index.ts';
import { answering, startFaultyNetwork } from '../../../support/servers/faulty-network.ts';
import { connectCloud, startCloud } from '../../../support/labs/carriers/whatsapp-cloud.ts';

const recipientId = `${'a'.repeat(32)}-00000`;

function batch(details: Partial<OutboundBatch> = {}, content = 'Hei Ääkköset 😀'): OutboundBatch {
  return {
    messageId: 'a'.repeat(32),
    sender: '358401000001',
    protocol: 'WhatsApp',
    attemptedAt: new Date(),
    recipients: [{ recipientId, address: '358401230001', content, parts: 1 }],
    ...details,
  };
}

const bare: TemplateCall = {
  name: 'order_ready',
  language: 'fi',
  headerParameters: [],
  bodyParameters: [],
  buttons: [],
};

/** Sends a template, and returns the message that the fake network got and validated. */
async function sentFor(template: TemplateCall): Promise<unknown> {
  const network = await startCloud();
  const outcomes = await connectCloud({ url: network.url }).send(batch({ template }));
  expect(outcomes).toMatchObject([{ outcome: 'sent' }]);
  return (JSON.parse(network.calls[0]?.body.toString() ?? '') as { template: { components: unknown } }).template;
}

test('a text goes to the path of the sender’s number, with our id for the reports', async () => {
  const network = await startCloud();
  const outcomes = await connectCloud({ url: network.url }).send(batch({ sender: '+358 40 100 0001' }));
  expect(outcomes).toEqual([{ outcome: 'sent', carrierReference: expect.stringMatching(/^wamid\./) as string }]);
  expect(network.calls).toMatchObject([
    { method: 'POST', path: '/v23.0/1111/messages', headers: { authorization: 'Bearer token' } },
  ]);
  expect(JSON.parse(network.calls[0]?.body.toString() ?? '')).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '358401230001',
    biz_opaque_callback_data: recipientId,
    type: 'text',
    text: { body: 'Hei Ääkköset 😀', preview_url: false },
  });
});

test('a text has at most 4,096 characters', async () => {
  const network = await startCloud();
  const carrier = connectCloud({ url: network.url });
  expect(await carrier.send(batch({}, '😀'.repeat(4_096)))).toMatchObject([{ outcome: 'sent' }]);
  expect(await carrier.send(batch({}, '😀'.repeat(4_097)))).toMatchObject([
    { outcome: 'rejected', code: 'TextTooLong', reason: 'contentRefused' },
  ]);
  expect(network.calls).toHaveLength(1);
});

test('a text with buttons is an interactive message with different ids', async () => {
  const network = await startCloud();
  const outcomes = await connectCloud({ url: network.url }).send(batch({ buttons: ['Kyllä', 'Ei', '🤷 En tiedä'] }));
  expect(outcomes).toMatchObject([{ outcome: 'sent' }]);
  expect(JSON.parse(network.calls[0]?.body.toString() ?? '')).toEqual({
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    to: '358401230001',
    biz_opaque_callback_data: recipientId,
    type: 'interactive',
    interactive: {
      type: 'button',
      body: { text: 'Hei Ääkköset 😀' },
      action: {
        buttons: [
          { type: 'reply', reply: { id: '0', title: 'Kyllä' } },
          { type: 'reply', reply: { id: '1', title: 'Ei' } },
          { type: 'reply', reply: { id: '2', title: '🤷 En tiedä' } },
        ],
      },
    },
  });
});

test('a text with buttons has at most 1,024 characters', async () => {
  const network = await startCloud();
  const carrier = connectCloud({ url: network.url });
  const buttons = ['Kyllä'];
  expect(await carrier.send(batch({ buttons }, '😀'.repeat(1_024)))).toMatchObject([{ outcome: 'sent' }]);
  expect(await carrier.send(batch({ buttons }, '😀'.repeat(1_025)))).toEqual([
    {
      outcome: 'rejected',
      code: 'TextTooLong',
      message: 'WhatsApp takes texts of at most 1024 characters with buttons.',
      reason: 'contentRefused',
    },
  ]);
  expect(network.calls).toHaveLength(1);
});

test('a sender that is not in the settings makes no call, and its messages wait for an operator', async () => {
  const network = await startCloud();
  expect(await connectCloud({ url: network.url }).send(batch({ sender: '358401999999' }))).toEqual([
    {
      outcome: 'retry',
      code: 'SenderUnknown',
      message: 'The number 358401999999 is not in WHATSAPP_CLOUD_NUMBERS.',
      reason: 'carrierSettings',
    },
  ]);
  expect(network.calls).toEqual([]);
});

describe('a template', () => {
  const named = { name: 'order_ready', language: { policy: 'deterministic', code: 'fi' } };

  test('without variable parts has no components', async () => {
    expect(await sentFor(bare)).toEqual({ ...named, components: [] });
  });

  test('has its texts in header and body', async () => {
    expect(await sentFor({ ...bare, headerParameters: ['Tilaus 5'], bodyParameters: ['Maija', '12'] })).toEqual({
      ...named,
      components: [
        { type: 'header', parameters: [{ type: 'text', text: 'Tilaus 5' }] },
        {
          type: 'body',
          parameters: [
            { type: 'text', text: 'Maija' },
            { type: 'text', text: '12' },
          ],
        },
      ],
    });
  });

  test.for(['image', 'video', 'document'] as const)('has a header with a medium: %s', async (kind) => {
    const attachmentUri = 'https://files.example/a.bin';
    expect(await sentFor({ ...bare, attachmentUri, attachmentKind: kind })).toEqual({
      ...named,
      components: [{ type: 'header', parameters: [{ type: kind, [kind]: { link: attachmentUri } }] }],
    });
  });

  test('has buttons at their indexes, except those without a variable part', async () => {
    const buttons = [
      { type: 'QuickReply', data: 'yes' },
      { type: 'QuickReply', data: '' },
      { type: 'QuickReply', data: 'no' },
    ];
    expect(await sentFor({ ...bare, buttons })).toMatchObject({
      components: [
        { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'yes' }] },
        { type: 'button', sub_type: 'quick_reply', index: '2', parameters: [{ type: 'payload', payload: 'no' }] },
      ],
    });
    const mixed = [
      { type: 'Call', data: '358401230001' },
      { type: 'Url', data: 'order/5' },
    ];
    expect(await sentFor({ ...bare, buttons: mixed })).toMatchObject({
      components: [{ type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'order/5' }] }],
    });
  });
});

describe('Meta’s answer', () => {
  const sendTo = async (status: number, body: unknown) => {
    const url = await startFaultyNetwork(answering(status, typeof body === 'string' ? body : JSON.stringify(body)));
    return (await connectCloud({ url }).send(batch()))[0];
  };
  const refusal = (code: unknown, more: object = {}) => ({
    error: { message: `(#${String(code)}) No`, type: 'OAuthException', code, fbtrace_id: 'A', ...more },
  });

  test.for(['accepted', 'held_for_quality_assessment', 'paused'])(
    'a message with the status %s is sent',
    async (status) => {
      const answer = { messaging_product: 'whatsapp', messages: [{ id: 'wamid.1', message_status: status }] };
      expect(await sendTo(200, answer)).toEqual({ outcome: 'sent', carrierReference: 'wamid.1' });
    },
  );

  test.for([
    ...[4, 80007, 130429, 131048, 131056].map((code) => [code, 'retry', 'throttled'] as const),
    ...[2, 131000, 131016, 131057, 133004].map((code) => [code, 'retry', 'carrierUnavailable'] as const),
    ...[0, 3, 10, 33, 190, 200, 299, 368].map((code) => [code, 'retry', 'carrierSettings'] as const),
    ...[131005, 131031, 131037, 131042, 131045].map((code) => [code, 'retry', 'carrierSettings'] as const),
    ...[133000, 133006, 133010].map((code) => [code, 'retry', 'carrierSettings'] as const),
    ...[100, 131008, 131009, 131051, 131052, 131053].map((code) => [code, 'rejected', 'contentRefused'] as const),
    ...[131026, 131030, 130472].map((code) => [code, 'rejected', 'barred'] as const),
    [131021, 'rejected', 'invalidNumber'],
    [131047, 'rejected', 'windowClosed'],
    [131049, 'rejected', 'recipientCapped'],
    [131050, 'rejected', 'optedOut'],
    ...[132000, 132001, 132005, 132007, 132012, 132015, 132016].map(
      (code) => [code, 'rejected', 'templateTrouble'] as const,
    ),
    ...[132068, 132069].map((code) => [code, 'rejected', 'templateTrouble'] as const),
    // Unknown codes: the status decides.
    [1, 'rejected', 'contentRefused'],
    [300, 'rejected', 'contentRefused'],
  ] as const)('the error %i has the outcome %s and the reason %s', async ([code, outcome, reason]) => {
    expect(await sendTo(400, refusal(code))).toMatchObject({ outcome, reason, code: String(code) });
  });

  test('the message of an error is its most detailed text', async () => {
    const more = { error_data: { messaging_product: 'whatsapp', details: 'Too many of them.' } };
    expect(await sendTo(400, refusal(132000, more))).toEqual({
      outcome: 'rejected',
      reason: 'templateTrouble',
      code: '132000',
      message: 'The carrier answered 400: Too many of them.',
    });
  });

  test('an object without access for the token is a wrong setting', async () => {
    expect(await sendTo(400, refusal(100, { error_subcode: 33 }))).toEqual({
      outcome: 'retry',
      reason: 'carrierSettings',
      code: '100',
      message: 'The carrier answered 400: (#100) No (subcode 33)',
    });
  });

  test('too many messages to one recipient are retried after six seconds', async () => {
    expect(await sendTo(400, refusal(131056))).toMatchObject({ outcome: 'retry', retryAfterSeconds: 6 });
  });

  test.for([500, 502, 504])('status %i follows a known code, and is in doubt without one', async (status) => {
    expect(await sendTo(status, refusal(131016))).toMatchObject({ outcome: 'retry', reason: 'carrierUnavailable' });
    expect(await sendTo(status, refusal(999_999))).toMatchObject({ outcome: 'unknown', reason: 'inDoubt' });
    expect(await sendTo(status, {})).toMatchObject({ outcome: 'unknown', reason: 'inDoubt' });
  });

  test.for([
    '{"error":7}',
    '{"error":{"code":"190"}}',
    '{"error":{"code":1.5,"message":["x"]}}',
    '{"error":null}',
    '{"error":[]}',
    '<html>',
  ])('a malformed refusal gets the outcome of its status: %s', async (body) => {
    expect(await sendTo(401, body)).toMatchObject({ outcome: 'retry', reason: 'carrierSettings' });
    expect(await sendTo(429, body)).toMatchObject({ outcome: 'retry', reason: 'throttled' });
  });

  test.for([
    '{"messages":7}',
    '{"messages":[]}',
    '{"messages":[null]}',
    '{"messages":[{"id":7}]}',
    '{"messages":[{"id":""}]}',
  ])('a success without an id is in doubt: %s', async (body) => {
    expect(await sendTo(200, body)).toMatchObject({ outcome: 'unknown', code: 'CarrierAnswerIncomplete' });
  });
});
