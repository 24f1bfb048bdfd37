import { afterAll, beforeAll, expect, test } from 'vitest';

import type { ErrorBody } from '../../src/operation/errors.ts';
import { sendTo } from '../support/hosts/api.ts';
import type { ApiAnswer } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
});
afterAll(() => local.stop());

const phone = '358401230001';
const good = sendTo([phone]);
const json = (body: unknown) => ({ body: JSON.stringify(body) });
const with_ = (details: Record<string, unknown>) => json({ ...good, ...details });
const recipientWith = (details: Record<string, unknown>) => with_({ Recipients: [{ Address: phone, ...details }] });
const without = (name: string) => json(Object.fromEntries(Object.entries(good).filter(([key]) => key !== name)));
const inAYear = (milliseconds: number) => {
  const date = new Date();
  date.setUTCFullYear(date.getUTCFullYear() + 1);
  return new Date(date.getTime() + milliseconds).toISOString();
};

interface Row {
  body?: string | Uint8Array<ArrayBuffer>;
  /** Replaces headers of a valid request; undefined omits one. */
  headers?: Record<string, string | undefined>;
}

type Expected = [status: number, code: string, target: string | undefined, message: RegExp];

const rows: [name: string, row: Row, expected: Expected][] = [
  // The request as a whole
  ['not JSON', { body: '{"Sender": ' }, [400, 'InvalidJson', undefined, /not valid JSON/]],
  ['an empty body', { body: '' }, [400, 'InvalidJson', undefined, /it is empty/]],
  ['not UTF-8', { body: new Uint8Array([0x22, 0xff, 0x22]) }, [400, 'InvalidJson', undefined, /not valid/]],
  ['a list as body', { body: '[]' }, [400, 'InvalidField', 'the body', /must be an object/]],
  ['null as body', { body: 'null' }, [400, 'InvalidField', 'the body', /must be an object/]],
  ['a text as body', { body: '"hello"' }, [400, 'InvalidField', 'the body', /must be an object/]],
  [
    'wrong content type',
    { headers: { 'Content-Type': 'text/plain' } },
    [415, 'UnsupportedContentType', undefined, /text\/plain/],
  ],
  [
    'form content type',
    { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
    [415, 'UnsupportedContentType', undefined, /application\/json/],
  ],
  [
    'over 4 MB',
    with_({ CustomerData: 'x'.repeat(4 * 1024 * 1024) }),
    [413, 'BodyTooLarge', undefined, /larger than 4194304 bytes/],
  ],
  [
    'nested too deep',
    with_({ Colour: JSON.parse('['.repeat(40) + ']'.repeat(40)) as unknown }),
    [400, 'InvalidField', 'Colour[0][0]', /nested/],
  ],

  // Customer and service
  [
    'no customer',
    { headers: { 'Customer-Id': undefined } },
    [400, 'MissingParameter', 'Customer-Id', /^Customer-Id is empty\./],
  ],
  [
    'empty customer',
    { headers: { 'Customer-Id': '  ' } },
    [400, 'MissingParameter', 'Customer-Id', /^Customer-Id is empty\./],
  ],
  [
    'unknown customer',
    { headers: { 'Customer-Id': 'nobody' } },
    [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/],
  ],
  [
    'foreign customer',
    { headers: { 'Customer-Id': 'other' } },
    [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/],
  ],
  [
    'customer in other letters',
    { headers: { 'Customer-Id': 'DEMO' } },
    [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/],
  ],
  [
    'no service',
    { headers: { 'Service-Id': undefined } },
    [400, 'MissingParameter', 'Service-Id', /^Service-Id is empty\./],
  ],
  [
    'unknown service',
    { headers: { 'Service-Id': 'nothing' } },
    [404, 'ServiceNotFound', 'Service-Id', /Verify the service id/],
  ],
  [
    'foreign service',
    { headers: { 'Service-Id': 'other-oneway' } },
    [404, 'ServiceNotFound', 'Service-Id', /another company/],
  ],
  [
    'a TwoWay service',
    { headers: { 'Service-Id': 'demo-twoway' } },
    [400, 'WrongServiceType', 'Service-Id', /TwoWay.*OneWay/],
  ],
  [
    'a Group service',
    { headers: { 'Service-Id': 'demo-group' } },
    [400, 'WrongServiceType', 'Service-Id', /Group.*OneWay/],
  ],

  // Required fields
  ['no sender', without('Sender'), [400, 'MissingField', 'Sender', /Sender is required/]],
  ['no content', without('Content'), [400, 'MissingField', 'Content', /Content is required/]],
  ['no protocol', without('Protocol'), [400, 'MissingField', 'Protocol', /Protocol is required/]],
  ['no recipients field', without('Recipients'), [400, 'MissingField', 'Recipients', /Recipients is required/]],
  ['empty content', with_({ Content: '' }), [400, 'MissingField', 'Content', /must not be empty/]],
  ['null content', with_({ Content: null }), [400, 'MissingField', 'Content', /must not be empty/]],
  ['null sender', with_({ Sender: null }), [400, 'MissingField', 'Sender', /must not be empty/]],
  [
    'a recipient without address',
    with_({ Recipients: [{}] }),
    [400, 'MissingField', 'Recipients[0].Address', /required/],
  ],
  [
    'a recipient with an empty address',
    with_({ Recipients: [{ Address: '' }] }),
    [400, 'MissingField', 'Recipients[0].Address', /required/],
  ],

  // Types
  ['a number as content', with_({ Content: 42 }), [400, 'InvalidField', 'Content', /Content must be text/]],
  ['a number as sender', with_({ Sender: 16400 }), [400, 'InvalidField', 'Sender', /Sender must be text/]],
  ['another protocol', with_({ Protocol: 'MMS' }), [400, 'InvalidField', 'Protocol', /one of SMS/]],
  ['recipients as text', with_({ Recipients: phone }), [400, 'InvalidField', 'Recipients', /must be a list/]],
  ['a recipient as text', with_({ Recipients: [phone] }), [400, 'InvalidField', 'Recipients[0]', /must be an object/]],
  ['a null recipient', with_({ Recipients: [null] }), [400, 'InvalidField', 'Recipients[0]', /must be an object/]],
  [
    'a number as address',
    with_({ Recipients: [{ Address: 358401230001 }] }),
    [400, 'InvalidField', 'Recipients[0].Address', /must be text/],
  ],
  [
    'a text as personalization',
    with_({ Recipients: [{ Address: phone, Personalization: 'x' }] }),
    [400, 'InvalidField', 'Recipients[0].Personalization', /must be an object/],
  ],
  [
    'a list as personalization',
    with_({ Recipients: [{ Address: phone, Personalization: ['x'] }] }),
    [400, 'InvalidField', 'Recipients[0].Personalization', /must be an object/],
  ],
  ['a text as flag', with_({ AdMessage: 'true' }), [400, 'InvalidField', 'AdMessage', /must be true or false/]],
  ['a number as date', with_({ SendDateTime: 1700000000 }), [400, 'InvalidField', 'SendDateTime', /must be text/]],
  ['a number as attachment', with_({ AttachmentUri: 1 }), [400, 'InvalidField', 'AttachmentUri', /must be text/]],
  ['an object as customer data', with_({ CustomerData: {} }), [400, 'InvalidField', 'CustomerData', /must be text/]],
  ['a flag as report address', with_({ DlrUrl: true }), [400, 'InvalidField', 'DlrUrl', /must be text/]],
  ['a number as request id', with_({ RequestId: 7 }), [400, 'InvalidField', 'RequestId', /must be text/]],

  // Lengths
  ['0 recipients', with_({ Recipients: [] }), [400, 'InvalidField', 'Recipients', /at least 1 entry/]],
  [
    '10,001 recipients',
    with_({ Recipients: Array.from({ length: 10_001 }, () => ({ Address: phone })) }),
    [400, 'InvalidField', 'Recipients', /at most 10000 entries/],
  ],
  [
    'customer data over 255',
    with_({ CustomerData: 'x'.repeat(256) }),
    [400, 'InvalidField', 'CustomerData', /at most 255 characters/],
  ],
  [
    'request id over 1000',
    with_({ RequestId: 'x'.repeat(1001) }),
    [400, 'InvalidField', 'RequestId', /at most 1000 characters/],
  ],
  [
    'report address too long',
    with_({ DlrUrl: `https://example.com/${'x'.repeat(2000)}` }),
    [400, 'InvalidField', 'DlrUrl', /at most 2000 characters/],
  ],
  [
    '256 parts',
    with_({ Content: 'x'.repeat(39_016) }),
    [400, 'ContentTooLong', 'Content', /comes to 256 SMS parts; 255 is the most/],
  ],
  [
    'a million characters',
    with_({ Content: 'x'.repeat(1_000_000) }),
    [400, 'ContentTooLong', 'Content', /more than 510 SMS parts/],
  ],
  ['256 parts of Unicode', with_({ Content: 'ж'.repeat(17_086) }), [400, 'ContentTooLong', 'Content', /256 SMS parts/]],
  [
    '256 parts after personalization',
    with_({ Content: '$(x)', Recipients: [{ Address: phone, Personalization: { x: 'y'.repeat(39_016) } }] }),
    [400, 'ContentTooLong', 'Recipients[0].Personalization', /256 SMS parts/],
  ],

  // Senders
  [
    'a sender that is not allowed',
    with_({ Sender: 'Somebody' }),
    [400, 'SenderNotAllowed', 'Sender', /not a sender that the service may use/],
  ],
  ['a foreign sender', with_({ Sender: '17200' }), [400, 'SenderNotAllowed', 'Sender', /sender of the service/]],
  ['a sender that is too long', with_({ Sender: 'SmartDialog1' }), [400, 'SenderNotAllowed', 'Sender', /not a sender/]],
  ['a sender of signs', with_({ Sender: '!!!' }), [400, 'SenderNotAllowed', 'Sender', /not a sender/]],

  // Content
  ['content of blanks', with_({ Content: ' \n ' }), [400, 'EmptyContent', 'Content', /no visible character/]],
  [
    'content that renders to nothing',
    with_({ Content: '$(x)', Recipients: [{ Address: phone, Personalization: { x: '' } }] }),
    [400, 'EmptyContent', 'Recipients[0].Personalization', /visible/],
  ],
  [
    'a placeholder without value',
    with_({ Content: 'Hei $(name)' }),
    [400, 'MissingPlaceholder', 'Recipients[0].Personalization.name', /\$\(name\)/],
  ],
  [
    'a placeholder with null',
    with_({ Content: 'Hei $(name)', Recipients: [{ Address: phone, Personalization: { name: null } }] }),
    [400, 'MissingPlaceholder', 'Recipients[0].Personalization.name', /no value/],
  ],
  [
    'a placeholder named as a method',
    with_({ Content: 'Hei $(constructor)', Recipients: [{ Address: phone, Personalization: {} }] }),
    [400, 'MissingPlaceholder', 'Recipients[0].Personalization.constructor', /no value/],
  ],
  [
    'a placeholder with an object',
    with_({ Content: 'Hei $(name)', Recipients: [{ Address: phone, Personalization: { name: {} } }] }),
    [400, 'InvalidField', 'Recipients[0].Personalization.name', /must be text, a number, true or false/],
  ],
  [
    'placeholders as an object',
    recipientWith({ Placeholders: { name: 'x' } }),
    [400, 'InvalidField', 'Recipients[0].Placeholders', /must be a list/],
  ],
  [
    'a placeholder that is not an object',
    recipientWith({ Placeholders: ['x'] }),
    [400, 'InvalidField', 'Recipients[0].Placeholders[0]', /must be an object/],
  ],
  [
    'a listed placeholder without name',
    recipientWith({ Placeholders: [{ value: 'x' }] }),
    [400, 'MissingField', 'Recipients[0].Placeholders[0].name', /required/],
  ],
  [
    'a number as listed value',
    recipientWith({ Placeholders: [{ name: 'x', value: 1 }] }),
    [400, 'InvalidField', 'Recipients[0].Placeholders[0].value', /must be text/],
  ],
  [
    'a placeholder listed twice',
    recipientWith({
      Placeholders: [
        { name: 'x', value: '1' },
        { name: 'x', value: '2' },
      ],
    }),
    [400, 'InvalidField', 'Recipients[0].Placeholders[1].name', /given twice/],
  ],
  [
    'a placeholder given in both ways',
    recipientWith({ Personalization: { x: '1' }, Placeholders: [{ name: 'x', value: '2' }] }),
    [400, 'InvalidField', 'Recipients[0].Placeholders[0].name', /given twice/],
  ],
  ['NUL in the content', with_({ Content: 'a\0b' }), [400, 'InvalidCharacters', 'Content', /NUL/]],
  [
    'half a surrogate pair in the content',
    { body: JSON.stringify(good).replace('Hello', String.raw`\ud83d`) },
    [400, 'InvalidCharacters', 'Content', /half of a character/],
  ],
  [
    'NUL in a value',
    with_({ Content: '$(x)', Recipients: [{ Address: phone, Personalization: { x: '\0' } }] }),
    [400, 'InvalidCharacters', 'Recipients[0].Personalization.x', /NUL/],
  ],
  [
    'half a surrogate pair in the request id',
    { body: JSON.stringify({ ...good, RequestId: 'QQ' }).replace('QQ', String.raw`\udc00`) },
    [400, 'InvalidCharacters', 'RequestId', /half of a character/],
  ],
  ['NUL in customer data', with_({ CustomerData: '\0' }), [400, 'InvalidCharacters', 'CustomerData', /NUL/]],

  // Numbers
  ...[
    'hello',
    '12',
    '16400',
    '112',
    '+',
    '+358',
    '00',
    '358401230001358401230001',
    '+999123456789',
    '💬',
    'a@example.com',
    "'; drop",
  ].map((address): [string, Row, Expected] => [
    `number ${address}`,
    with_({ Recipients: [{ Address: phone }, { Address: address }] }),
    [400, 'InvalidPhoneNumber', 'Recipients[1].Address', /not a phone number.*358401234567/],
  ]),

  // Dates and addresses
  ...[
    'tomorrow',
    '2026-13-01T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-12-01T25:00:00Z',
    '1.12.2026',
    '2026-12-01T09:00:00+99:00',
    '20261201T090000Z',
  ].map((date): [string, Row, Expected] => [
    `date ${date}`,
    with_({ SendDateTime: date }),
    [400, 'InvalidDateTime', 'SendDateTime', /2026-12-01T09:00:00Z for UTC/],
  ]),
  [
    'a date over a year ahead',
    with_({ SendDateTime: inAYear(60_000) }),
    [400, 'DateTooFarAhead', 'SendDateTime', /more than a year ahead/],
  ],
  ...['example.com/dlr', 'ftp://example.com/', 'javascript:alert(1)', '/dlr', 'https://', 'file:///etc/passwd'].map(
    (url): [string, Row, Expected] => [
      `report address ${url}`,
      with_({ DlrUrl: url }),
      [400, 'InvalidUrl', 'DlrUrl', /http or https/],
    ],
  ),
  [
    'an attachment, which SMS can not carry',
    with_({ AttachmentUri: 'https://example.com/a.png' }),
    [400, 'AttachmentNotCarried', 'AttachmentUri', /SMS carries none/],
  ],
];

test.each(rows)(
  'refuses %s, and stores and sends nothing',
  async (_, { body = JSON.stringify(good), headers = {} }, expected) => {
    const [status, code, target, sentence] = expected;
    local.storage.reset();
    const answer = await request(body, headers);
    expect(answer.status).toBe(status);
    const { error, message } = answer.body as ErrorBody;
    expect([error.code, error.target, error.details?.[0]?.target]).toEqual([code, target, target]);
    expect(error.message).toMatch(sentence);
    expect(message).toBe(error.message);
    expect(message).not.toMatch(/[{}]/);
    expect(local.storage.operations()).toEqual([]);
    expect(await local.api.inbox(phone)).toEqual([]);
  },
);

test('a send with some invalid recipients is refused as a whole, with each of them in details', async () => {
  local.storage.reset();
  const answer = await local.api.post(
    sendTo([], {
      Content: 'Hei $(name)',
      Recipients: [
        { Address: phone, Personalization: { name: 'Aino' } },
        { Address: 'nonsense', Personalization: { name: 'Eino' } },
        { Personalization: { name: 'Ilmari' } },
        { Address: phone },
        { Address: 5, Personalization: { name: 'x\0' } },
      ],
    }),
  );
  expect(answer.status).toBe(400);
  const { error, message } = answer.body as { error: { details: { code: string; target: string }[] }; message: string };
  expect(error.details.map(({ code, target }) => `${code} ${target}`).sort()).toEqual([
    'InvalidCharacters Recipients[4].Personalization.name',
    'InvalidField Recipients[4].Address',
    'InvalidPhoneNumber Recipients[1].Address',
    'MissingField Recipients[2].Address',
    'MissingPlaceholder Recipients[3].Personalization.name',
  ]);
  expect(message).toMatch(/4 more problems/);
  expect(local.storage.operations()).toEqual([]);
});

test('a body without its length is refused, because Azure Functions makes it empty', async () => {
  const answer = await local.api.call('/messages', {
    method: 'POST',
    headers: { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', 'Content-Type': 'application/json' },
    body: new Blob([JSON.stringify(good)]).stream(),
    duplex: 'half',
  });
  expect([answer.status, (answer.body as ErrorBody).message]).toEqual([
    400,
    expect.stringMatching(/without its length/),
  ]);
});

test('the valid request of this table is accepted', async () => {
  expect((await request(JSON.stringify(good), {})).status).toBe(200);
});

test.each([
  ['/messages/unknown', {}, 404, 'MessageNotFound'],
  [`/messages/${'0'.repeat(32)}`, {}, 404, 'MessageNotFound'],
  ['/messages/%2F', {}, 404, 'MessageNotFound'],
  [`/messages/${'0'.repeat(32)}`, { 'Customer-Id': 'other' }, 403, 'CustomerNotAssigned'],
  ['/services/other', {}, 403, 'CustomerNotAssigned'],
  ['/services/nobody', {}, 403, 'CustomerNotAssigned'],
  ['/services/demo', { ServiceType: 'AnyWay' }, 400, 'InvalidParameter'],
  ['/services/demo', { AllowReplyMessage: 'maybe' }, 400, 'InvalidParameter'],
])('GET %s with %j answers %i %s', async (path, headers, status, code) => {
  const answer = await local.api.call(path, { headers: { 'Customer-Id': 'demo', ...headers } });
  expect([answer.status, (answer.body as { error: { code: string } }).error.code]).toEqual([status, code]);
});

async function request(
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string | undefined>,
): Promise<ApiAnswer> {
  const all = { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', 'Content-Type': 'application/json', ...headers };
  const given = Object.fromEntries(
    Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return local.api.call('/messages', { method: 'POST', headers: given, body });
}
