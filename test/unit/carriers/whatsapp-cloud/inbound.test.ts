import { describe, expect, test } from 'vitest';
import type { InboundEvent } from '../../../../src/conversations/index.ts';
import { connectCloud, signedCall } from '../../../support/labs/carriers/whatsapp-cloud.ts';

const carrier = connectCloud({ url: 'https://graph.example' });
const metadata = { display_phone_number: '+358 40-999 9999', phone_number_id: '1111' };

async function eventsOf(message: unknown, value: object = { metadata }): Promise<InboundEvent[]> {
  const changes = [{ field: 'messages', value: { messaging_product: 'whatsapp', messages: [message], ...value } }];
  const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '2222', changes }] });
  return (await carrier.receive(signedCall(body))).inbound;
}

const common = { from: '358401230001', id: 'wamid.1', timestamp: '1795428000' };
const event = {
  carrierMessageId: 'wamid.1',
  sender: '358401230001',
  recipient: '358401000001',
  protocol: 'WhatsApp',
  at: new Date(1_795_428_000_000),
};
const hello = { ...common, type: 'text', text: { body: 'Hei' } };

test('a text becomes an event for the number that it was sent to', async () => {
  expect(await eventsOf(hello)).toEqual([{ ...event, content: 'Hei', attachments: [] }]);
});

test("a number that is not in the settings is Meta's display number", async () => {
  const value = { metadata: { ...metadata, phone_number_id: '7777' } };
  expect(await eventsOf(hello, value)).toMatchObject([{ recipient: '358409999999' }]);
});

describe('a tap becomes a button reply with the label', () => {
  test.for([
    ['a button of a template', { type: 'button', button: { payload: 'p', text: 'Kyllä' } }],
    [
      'a reply button',
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'b', title: 'Kyllä' } } },
    ],
    [
      'a row of a list',
      {
        type: 'interactive',
        interactive: { type: 'list_reply', list_reply: { id: 'r', title: 'Kyllä', description: 'd' } },
      },
    ],
  ] as const)('%s', async ([, message]) => {
    expect(await eventsOf({ ...common, ...message, context: { from: '358401000001', id: 'wamid.0' } })).toEqual([
      { ...event, content: 'Kyllä', buttonReply: 'Kyllä', attachments: [] },
    ]);
  });
});

describe('a medium becomes an attachment', () => {
  test.for([
    ['image', { mime_type: 'image/jpeg', caption: 'Katso', sha256: 's' }, 'Katso', 'image-55.jpg', 'image/jpeg'],
    ['image', { mime_type: 'image/png' }, '', 'image-55.png', 'image/png'],
    ['audio', { mime_type: 'audio/ogg; codecs=opus', voice: true }, '', 'audio-55.ogg', 'audio/ogg'],
    ['video', { mime_type: 'video/mp4', caption: '' }, '', 'video-55.mp4', 'video/mp4'],
    ['sticker', { mime_type: 'image/webp', animated: false }, '', 'sticker-55.webp', 'image/webp'],
    ['document', { mime_type: 'application/pdf', filename: 'lasku ä.pdf' }, '', 'lasku ä.pdf', 'application/pdf'],
    ['document', { mime_type: 'application/msword' }, '', 'document-55.doc', 'application/msword'],
    ['document', { mime_type: 'application/x-odd.thing' }, '', 'document-55.bin', 'application/x-odd.thing'],
    ['document', {}, '', 'document-55.bin', 'application/octet-stream'],
    ['document', { mime_type: 7, filename: 7, caption: 7 }, '', 'document-55.bin', 'application/octet-stream'],
  ] as const)('%s %j', async ([type, medium, content, name, mimeType]) => {
    expect(await eventsOf({ ...common, type, [type]: { id: '55', ...medium } })).toEqual([
      { ...event, content, attachments: [{ reference: '55', name, mimeType }] },
    ]);
  });
});

describe('other content becomes a text', () => {
  test.for([
    [
      { type: 'location', location: { latitude: 60.17, longitude: 24.94, name: 'Asema', address: 'Kaivokatu 1' } },
      'Asema\nKaivokatu 1\n60.17, 24.94',
    ],
    [{ type: 'location', location: { latitude: 0, longitude: 0 } }, '0, 0'],
    [
      {
        type: 'contacts',
        contacts: [
          { name: { formatted_name: 'Maija M' }, phones: [{ phone: '+358 40 1' }, { phone: '+358 40 2' }] },
          { name: { formatted_name: 'Matti M' }, emails: [{ email: 'matti@example.com' }] },
        ],
      },
      'Maija M, +358 40 1, +358 40 2\nMatti M, matti@example.com',
    ],
    [{ type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '👍' } }, '👍'],
    [
      {
        type: 'order',
        order: {
          catalog_id: 'c',
          text: 'Pian kiitos',
          product_items: [{ product_retailer_id: 'sku-1', quantity: 2, item_price: 9.9, currency: 'EUR' }],
        },
      },
      'Pian kiitos\n2 x sku-1, 9.9 EUR',
    ],
    [
      {
        type: 'interactive',
        interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{"a":1}' } },
      },
      '{"a":1}',
    ],
  ] as const)('%j', async ([message, content]) => {
    expect(await eventsOf({ ...common, ...message })).toEqual([{ ...event, content, attachments: [] }]);
  });
});

describe('the app ignores and does not refuse', () => {
  test.for([
    ['a new number of a person', { type: 'system', system: { body: 'User changed', type: 'user_changed_number' } }],
    ['a message that WhatsApp doesn’t support', { type: 'unsupported', errors: [{ code: 131051 }] }],
    ['an unknown type', { type: 'hologram', hologram: {} }],
    ['no type', {}],
    ['a withdrawn reaction', { type: 'reaction', reaction: { message_id: 'wamid.0', emoji: '' } }],
    ['a text without a text', { type: 'text', text: { body: 7 } }],
    ['a text message without a text object', { type: 'text' }],
    ['a medium without an id', { type: 'image', image: { mime_type: 'image/png' } }],
    ['a tap without a label', { type: 'button', button: { payload: 'p' } }],
    [
      'an interactive message that is not a reply',
      { type: 'interactive', interactive: { type: 'call_permission_reply' } },
    ],
    ['a location without coordinates', { type: 'location', location: { name: 'x', latitude: '60' } }],
    ['contacts without names and numbers', { type: 'contacts', contacts: [{}, 7] }],
    ['an order without items', { type: 'order', order: {} }],
    ['a message without an id', { ...hello, id: undefined }],
    ['a message without a sender', { ...hello, from: undefined }],
    ['a sender that is not a number', { ...hello, from: 'FI.13491208655302741918' }],
    ['a message without a time', { ...hello, timestamp: null }],
  ] as const)('%s', async ([, details]) => {
    expect(await eventsOf({ ...common, ...details })).toEqual([]);
  });

  test.for([null, 7, 'x', []])('a message that is %j', async (message) => {
    expect(await eventsOf(message)).toEqual([]);
  });

  test.for([{}, { metadata: 7 }, { metadata: { phone_number_id: '7777' } }])(
    'a message without a known recipient: %j',
    async (value) => {
      expect(await eventsOf(hello, value)).toEqual([]);
    },
  );
});
