import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startSimulatedCarrier } from '../../src/carriers/simulated/server.ts';
import type { ErrorBody } from '../../src/operation/errors.ts';
import { createTableOptOutStore } from '../../src/storage/tables/opt-out-store.ts';
import { createApi, tokenOf } from '../support/hosts/api.ts';
import type { Api, ApiAnswer } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';

const identity = '358401000001';
const foreignIdentity = '358401000002';
const folder = mkdtempSync(join(tmpdir(), 'whatsapp-templates-'));
const credentials = { apiKey: 'key', webhookSecret: 'secret', stateFile: join(folder, 'carrier.jsonl') };

let carrier: Awaited<ReturnType<typeof startSimulatedCarrier>>;
let local: CountedHost;
let other: Api;

beforeAll(async () => {
  carrier = await startSimulatedCarrier({ port: 0, ...credentials });
  local = await startCountedHost({
    environment: {
      SIMULATED_CARRIER_URL: carrier.url,
      SIMULATED_CARRIER_KEY: credentials.apiKey,
      SIMULATED_CARRIER_SECRET: credentials.webhookSecret,
      DIRECTORY_FILE: writeDirectory(),
    },
  });
  other = await createApi(local.host, await tokenOf(local.host, 'other-user'));
});
afterAll(async () => {
  await local.stop();
  await carrier.stop();
  rmSync(folder, { recursive: true });
});

/** Writes the demo directory, with an identity for the other customer. */
function writeDirectory(): string {
  const demo = JSON.parse(readFileSync(join(import.meta.dirname, '../../src/local/demo-directory.json'), 'utf8')) as {
    customers: { id: string; whatsappIdentities?: string[] }[];
  };
  for (const customer of demo.customers) if (customer.id === 'other') customer.whatsappIdentities = [foreignIdentity];
  const file = join(folder, 'directory.json');
  writeFileSync(file, JSON.stringify(demo));
  return file;
}

const good = {
  DisplayName: 'Order ready',
  RawContent: 'Hi {{1}}, your order {{2}} is ready.',
  Category: 'Utility',
  Language: 'en',
};

const createAt = (path: string, body: string | Uint8Array<ArrayBuffer>, api = local.api): Promise<ApiAnswer> =>
  api.call(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
const create = (details: Record<string, unknown> = {}, path = `/whatsapp/templates/demo/${identity}`) =>
  createAt(path, JSON.stringify({ ...good, ...details }));
const list = async (query = ''): Promise<unknown> => {
  const { status, body } = await local.api.call(`/whatsapp/templates/demo${query}`);
  expect(status).toBe(200);
  return body;
};
const entry = (id: string, displayName: string, rawContent = good.RawContent) => ({
  id,
  displayName,
  extensionParameters: { rawContent },
});

type Expected = [status: number, code: string, target: string | undefined, message: RegExp];

function expectRefusal(answer: ApiAnswer, [status, code, target, sentence]: Expected): void {
  const { error, message } = answer.body as ErrorBody;
  expect([answer.status, error.code, error.target, error.details?.[0]?.target]).toEqual([status, code, target, target]);
  expect(error.message).toMatch(sentence);
  expect(message).toBe(error.message);
}

const field = (name: string, sentence: RegExp): Expected => [400, 'InvalidField', name, sentence];
const missing = (name: string): Expected => [400, 'MissingField', name, /required and must not be empty/];
const button = (details: Record<string, unknown>) => ({
  Buttons: [{ Type: 'QuickReply', Label: 'Yes', Data: 'yes', ...details }],
});

const createRows: [name: string, details: Record<string, unknown>, expected: Expected][] = [
  // DisplayName
  ['no display name', { DisplayName: undefined }, missing('DisplayName')],
  ['an empty display name', { DisplayName: '' }, missing('DisplayName')],
  ['a null display name', { DisplayName: null }, missing('DisplayName')],
  ['a blank display name', { DisplayName: '  ' }, missing('DisplayName')],
  ['a number as display name', { DisplayName: 7 }, field('DisplayName', /must be text/)],
  ['a long display name', { DisplayName: 'x'.repeat(101) }, field('DisplayName', /at most 100 characters/)],
  ['a display name of signs', { DisplayName: '!?' }, field('DisplayName', /must have Latin letters or digits/)],
  ['a display name in Cyrillic', { DisplayName: 'Заказ' }, field('DisplayName', /no letters of other scripts/)],
  ['a line break in the display name', { DisplayName: 'a\nb' }, field('DisplayName', /line break/)],
  ['NUL in the display name', { DisplayName: 'a\0b' }, [400, 'InvalidCharacters', 'DisplayName', /NUL/]],

  // RawContent
  ['no content', { RawContent: undefined }, missing('RawContent')],
  ['empty content', { RawContent: '' }, missing('RawContent')],
  ['null content', { RawContent: null }, missing('RawContent')],
  ['a number as content', { RawContent: 7 }, field('RawContent', /must be text/)],
  ['long content', { RawContent: 'x'.repeat(1_025) }, field('RawContent', /at most 1024 characters/)],
  ['blank content', { RawContent: ' \n ' }, [400, 'EmptyContent', 'RawContent', /no visible character/]],
  ['a gap in the numbers', { RawContent: 'a {{1}} b {{3}} c' }, field('RawContent', /\{\{2\}\} is missing/)],
  ['numbers from 2', { RawContent: 'a {{2}} b' }, field('RawContent', /\{\{1\}\} is missing/)],
  ['a named placeholder', { RawContent: 'Hi {{name}}!' }, field('RawContent', /has \{\{name\}\}/)],
  ['an unclosed placeholder', { RawContent: 'Hi {{1!' }, field('RawContent', /has \{\{1!/)],
  ['placeholders side by side', { RawContent: 'Hi {{1}}{{2}}!' }, field('RawContent', /text between/)],
  ['a tab in the content', { RawContent: 'a\tb' }, field('RawContent', /must not have a tab/)],
  ['NUL in the content', { RawContent: 'a\0b' }, [400, 'InvalidCharacters', 'RawContent', /NUL/]],

  // Category and language
  ['no category', { Category: undefined }, missing('Category')],
  ['a number as category', { Category: 7 }, field('Category', /must be text/)],
  ['an unknown category', { Category: 'Spam' }, field('Category', /one of Marketing, Utility, Authentication/)],
  ['no language', { Language: undefined }, missing('Language')],
  ['a number as language', { Language: 7 }, field('Language', /must be text/)],
  ['an unknown language', { Language: 'xx' }, field('Language', /two-letter/)],
  ['a language of three letters', { Language: 'eng' }, field('Language', /ISO 639-1/)],

  // Buttons
  ['buttons as an object', { Buttons: {} }, field('Buttons', /must be a list/)],
  ['11 buttons', { Buttons: Array.from({ length: 11 }, () => ({})) }, field('Buttons', /at most 10 entries/)],
  ['a text as button', { Buttons: ['Yes'] }, field('Buttons[0]', /must be an object/)],
  ['a button without type', button({ Type: '' }), missing('Buttons[0].Type')],
  ['a button of unknown type', button({ Type: 'Link' }), field('Buttons[0].Type', /one of Call, QuickReply, Url/)],
  ['a number as button type', button({ Type: 7 }), field('Buttons[0].Type', /must be text/)],
  ['a button without label', button({ Label: null }), missing('Buttons[0].Label')],
  ['a number as label', button({ Label: 7 }), field('Buttons[0].Label', /must be text/)],
  ['a long label', button({ Label: 'x'.repeat(26) }), field('Buttons[0].Label', /at most 25 characters/)],
  ['a number as data', button({ Data: 7 }), field('Buttons[0].Data', /must be text/)],
  ['a long quick reply', button({ Data: 'x'.repeat(21) }), field('Buttons[0].Data', /at most 20 characters/)],
  ['a call without number', button({ Type: 'Call', Data: null }), missing('Buttons[0].Data')],
  [
    'a call to no number',
    button({ Type: 'Call', Data: 'me' }),
    [400, 'InvalidPhoneNumber', 'Buttons[0].Data', /not a phone number/],
  ],
  ['an address that is none', button({ Type: 'Url', Data: 'a.fi' }), [400, 'InvalidUrl', 'Buttons[0].Data', /http/]],
  [
    'an address that is too long',
    button({ Type: 'Url', Data: `https://a.fi/${'x'.repeat(1_988)}` }),
    field('Buttons[0].Data', /at most 2000 characters/),
  ],
  [
    'a placeholder inside an address',
    button({ Type: 'Url', Data: 'https://a.fi/{{1}}/b' }),
    field('Buttons[0].Data', /\{\{1\}\} at the end/),
  ],
  [
    'buttons of two types',
    {
      Buttons: [
        { Type: 'QuickReply', Label: 'Yes', Data: 'yes' },
        { Type: 'Call', Label: 'Call', Data: identity },
      ],
    },
    field('Buttons[1].Type', /must be QuickReply/),
  ],
  [
    'two buttons to call',
    { Buttons: ['a', 'b'].map((Label) => ({ Type: 'Call', Label, Data: identity })) },
    field('Buttons', /at most 1 button of type Call/),
  ],

  // Header
  ['a number as header', { HeaderText: 7 }, field('HeaderText', /must be text/)],
  ['a long header', { HeaderText: 'x'.repeat(61) }, field('HeaderText', /at most 60 characters/)],
  ['two placeholders in the header', { HeaderText: '{{1}} {{2}}' }, field('HeaderText', /at most one placeholder/)],
  [
    'a header of both kinds',
    { HeaderText: 'Order', AttachmentUrl: 'https://example.com/a.pdf' },
    field('HeaderText', /left out if there is an AttachmentUrl/),
  ],
  ['a number as attachment', { AttachmentUrl: 7 }, field('AttachmentUrl', /must be text/)],
  ['an attachment that is no address', { AttachmentUrl: 'a.pdf' }, [400, 'InvalidUrl', 'AttachmentUrl', /http/]],
  ['a script as attachment', { AttachmentUrl: 'javascript:a.pdf' }, [400, 'InvalidUrl', 'AttachmentUrl', /http/]],
  ['an attachment of no kind', { AttachmentUrl: 'https://a.fi/b' }, field('AttachmentUrl', /an image/)],
  ['authentication with a header', { Category: 'Authentication', HeaderText: 'Code' }, field('HeaderText', /left out/)],
];

const pathRows: [name: string, path: string, expected: Expected][] = [
  [
    'an unknown customer',
    `/whatsapp/templates/nobody/${identity}`,
    [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/],
  ],
  [
    'a foreign customer',
    `/whatsapp/templates/other/${foreignIdentity}`,
    [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/],
  ],
  ['a blank customer', `/whatsapp/templates/%20/${identity}`, [400, 'MissingParameter', 'Customer-Id', / is empty\./]],
  [
    'an unknown identity',
    '/whatsapp/templates/demo/358401000009',
    [404, 'IdentityNotFound', 'IdentityNumber', /not one of the WhatsApp numbers that you may use/],
  ],
  [
    'a foreign identity',
    `/whatsapp/templates/demo/${foreignIdentity}`,
    [404, 'IdentityNotFound', 'IdentityNumber', /not one of the WhatsApp numbers that you may use/],
  ],
  [
    'an identity that is no number',
    '/whatsapp/templates/demo/me',
    [404, 'IdentityNotFound', 'IdentityNumber', /Choose one from the list/],
  ],
  ['a blank identity', '/whatsapp/templates/demo/%20', [400, 'MissingParameter', 'IdentityNumber', / is empty\./]],
];

const bodyRows: [name: string, body: string | Uint8Array<ArrayBuffer>, expected: Expected][] = [
  ['no body', '', [400, 'InvalidJson', undefined, /it is empty/]],
  ['half a body', '{"DisplayName": ', [400, 'InvalidJson', undefined, /not valid JSON/]],
  ['not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), [400, 'InvalidJson', undefined, /not valid/]],
  ['a list as body', '[]', [400, 'InvalidField', 'the body', /must be an object/]],
  ['null as body', 'null', [400, 'InvalidField', 'the body', /must be an object/]],
];

const optOutRows: [name: string, path: string, expected: Expected][] = [
  [
    'an unknown sender',
    '/whatsapp/opt-in/sender/358401000009/recipient/358401234567',
    [404, 'IdentityNotFound', 'Sender', /not one of the WhatsApp numbers that you may use/],
  ],
  [
    'a foreign sender',
    `/whatsapp/opt-in/sender/${foreignIdentity}/recipient/358401234567`,
    [404, 'IdentityNotFound', 'Sender', /not one of the WhatsApp numbers that you may use/],
  ],
  [
    'a sender that is no number',
    '/whatsapp/opt-in/sender/SmartDialog/recipient/358401234567',
    [404, 'IdentityNotFound', 'Sender', /Choose one from the list/],
  ],
  [
    'a blank sender',
    '/whatsapp/opt-in/sender/%20/recipient/358401234567',
    [400, 'MissingParameter', 'Sender', / is empty\./],
  ],
  [
    'a recipient that is no number',
    `/whatsapp/opt-in/sender/${identity}/recipient/me`,
    [400, 'InvalidPhoneNumber', 'Recipient', /not a phone number/],
  ],
  [
    'a short code as recipient',
    `/whatsapp/opt-in/sender/${identity}/recipient/16400`,
    [400, 'InvalidPhoneNumber', 'Recipient', /not a phone number/],
  ],
  [
    'a blank recipient',
    `/whatsapp/opt-in/sender/${identity}/recipient/%20`,
    [400, 'MissingParameter', 'Recipient', / is empty\./],
  ],
  [
    'NUL in the recipient',
    `/whatsapp/opt-in/sender/${identity}/recipient/358%00`,
    [400, 'InvalidCharacters', 'Recipient', /NUL/],
  ],
];

describe('refuses a bad request, and stores and submits nothing', () => {
  /** Returns the storage operations, and the templates at the carrier. */
  const leftBehind = async (): Promise<unknown[]> => [
    ...local.storage.operations(),
    ...((await (await fetch(`${carrier.url}/templates`)).json()) as unknown[]),
  ];

  test.each(createRows)('template: %s', async (_, details, expected) => {
    local.storage.reset();
    expectRefusal(await create(details), expected);
    expect(await leftBehind()).toEqual([]);
  });

  test.each(pathRows)('template: %s', async (_, path, expected) => {
    local.storage.reset();
    expectRefusal(await create({}, path), expected);
    expect(await leftBehind()).toEqual([]);
  });

  test.each(bodyRows)('template: %s', async (_, body, expected) => {
    local.storage.reset();
    expectRefusal(await createAt(`/whatsapp/templates/demo/${identity}`, body), expected);
    expect(await leftBehind()).toEqual([]);
  });

  test('template: names all problems at once', async () => {
    const answer = await create({ RawContent: '{{2}}', Category: 'Spam', Buttons: [{ Type: 'Url', Label: 'x' }, 7] });
    const { error } = answer.body as { error: { details: { target: string }[] } };
    expect(error.details.map(({ target }) => target).sort()).toEqual([
      'Buttons[0].Data',
      'Buttons[1]',
      'Category',
      'RawContent',
    ]);
    expect(await leftBehind()).toEqual([]);
  });

  test.each(optOutRows.flatMap((row) => [['POST', ...row] as const, ['DELETE', ...row] as const]))(
    '%s: %s',
    async (method, _, path, expected) => {
      local.storage.reset();
      expectRefusal(await local.api.call(path, { method }), expected);
      expect(local.storage.operations()).toEqual([]);
    },
  );

  test.each([
    ['/whatsapp/templates/other', [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/]],
    ['/whatsapp/templates/nobody', [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/]],
    ['/whatsapp/templates/%20', [400, 'MissingParameter', 'Customer-Id', / is empty\./]],
    ['/whatsapp/identities/other', [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/]],
    ['/whatsapp/identities/nobody', [403, 'CustomerNotAssigned', 'Customer-Id', /assigned/]],
    ['/whatsapp/identities/%20', [400, 'MissingParameter', 'Customer-Id', / is empty\./]],
    ['/whatsapp/templates/demo?TemplateId=%00', [400, 'InvalidCharacters', 'TemplateId', /NUL/]],
  ] as [string, Expected][])('dropdown: %s', async (path, expected) => {
    local.storage.reset();
    expectRefusal(await local.api.call(path), expected);
    expect(local.storage.operations()).toEqual([]);
  });

  test.each([
    ['POST', `/whatsapp/templates/demo/${identity}`],
    ['GET', '/whatsapp/templates/demo'],
    ['GET', '/whatsapp/templates/categories'],
    ['GET', '/whatsapp/identities/demo'],
    ['POST', `/whatsapp/opt-in/sender/${identity}/recipient/358401234567`],
    ['DELETE', `/whatsapp/opt-in/sender/${identity}/recipient/358401234567`],
  ])('without a token: %s %s', async (method, path) => {
    local.storage.reset();
    const answer = await local.api.call(path, { method, headers: { Authorization: '' } });
    expectRefusal(answer, [401, 'Unauthenticated', undefined, /Sign in again/]);
    expect(local.storage.operations()).toEqual([]);
  });
});

describe('dropdowns', () => {
  test('list only the identities of the customer', async () => {
    expect((await local.api.call('/whatsapp/identities/demo')).body).toEqual([{ inputSource: { address: identity } }]);
    expect((await other.call('/whatsapp/identities/other')).body).toEqual([
      { inputSource: { address: foreignIdentity } },
    ]);
  });

  test('list the categories, whose path resembles that of a customer’s templates', async () => {
    const { status, body } = await local.api.call('/whatsapp/templates/categories');
    expect([status, body]).toEqual([200, ['Marketing', 'Utility', 'Authentication']]);
  });

  test('are empty for a customer without templates', async () => {
    expect(await list()).toEqual([]);
    const { status, body } = await other.call('/whatsapp/templates/other');
    expect([status, body]).toEqual([200, []]);
  });
});

describe('a template', () => {
  test('is in the list once it is approved, and never if it is rejected', async () => {
    const answer = await create();
    expect([answer.status, answer.body]).toEqual([204, undefined]);
    // The first request created the table, which must not be counted.
    local.storage.reset();
    expect((await create({ DisplayName: 'Please reject', Category: 'ALERT_UPDATE', Language: 'FI' })).status).toBe(204);
    expect(local.storage.operations().map(({ service, method }) => `${service} ${method}`)).toEqual([
      'table POST',
      'table PATCH',
    ]);
    const full = {
      DisplayName: 'Määräpäivä',
      RawContent: 'Hei {{1}}!\nMääräpäivä on huomenna.',
      Category: 'marketing',
      Language: 'fi',
      HeaderText: 'Muistutus {{1}}',
      Buttons: [
        { Type: 'Url', Label: 'Näytä', Data: 'https://example.com/{{1}}' },
        { Type: 'Url', Label: 'Ohje', Data: 'https://example.com/help' },
      ],
      Colour: 'green',
      AttachmentUrl: '',
    };
    expect((await create(full)).status).toBe(204);
    expect(await list()).toEqual([]);
    await eventually(async () =>
      expect(await list()).toEqual([
        entry('maarapaiva', 'Määräpäivä', 'Hei {{1}}!\nMääräpäivä on huomenna.'),
        entry('order_ready', 'Order ready'),
      ]),
    );
    expect(await list('?TemplateId=order_ready')).toEqual([entry('order_ready', 'Order ready')]);
    expect(await list('?TemplateId=')).toHaveLength(2);
    expect(await list('?TemplateId=please_reject')).toEqual([]);
    expect(await list('?TemplateId=nothing')).toEqual([]);
    expect((await other.call('/whatsapp/templates/other')).body).toEqual([]);

    const listed = (await (await fetch(`${carrier.url}/templates`)).json()) as Record<string, unknown>[];
    expect(listed.map(({ name, category, language, status }) => [name, category, language, status])).toEqual([
      ['maarapaiva', 'MARKETING', 'fi', 'approved'],
      ['please_reject', 'UTILITY', 'fi', 'rejected'],
      ['order_ready', 'UTILITY', 'en', 'approved'],
    ]);
  });

  test('that is requested again exists already, and another one of its name is refused', async () => {
    expect((await create()).status).toBe(204);
    expectRefusal(await create({ RawContent: 'Another.' }), [
      409,
      'TemplateExists',
      'DisplayName',
      /Another template already has the id order_ready/,
    ]);
    expectRefusal(await create({ DisplayName: 'ORDER-READY' }), [
      409,
      'TemplateExists',
      'DisplayName',
      /Choose another/,
    ]);
    expect(await list('?TemplateId=order_ready')).toEqual([entry('order_ready', 'Order ready')]);
  });

  test('may have the name of another customer’s template', async () => {
    const path = `/whatsapp/templates/other/+${foreignIdentity.slice(0, 3)} ${foreignIdentity.slice(3)}`;
    expect((await createAt(encodeURI(path), JSON.stringify({ ...good, RawContent: 'Theirs.' }), other)).status).toBe(
      204,
    );
    await eventually(async () =>
      expect((await other.call('/whatsapp/templates/other')).body).toEqual([
        entry('order_ready', 'Order ready', 'Theirs.'),
      ]),
    );
    expect(await list('?TemplateId=order_ready')).toEqual([entry('order_ready', 'Order ready')]);
  });

  test('waits for an unreachable carrier, and is refused with the reason of a carrier that refuses', async () => {
    await carrier.stop();
    expectRefusal(await create({ DisplayName: 'Later' }), [
      503,
      'Unavailable',
      undefined,
      /templates is not available.*Try again later/,
    ]);
    expect(await list('?TemplateId=later')).toEqual([]);
    carrier = await startSimulatedCarrier({ port: Number(new URL(carrier.url).port), ...credentials });
    expect((await create({ DisplayName: 'Later' })).status).toBe(204);
    await eventually(async () => expect(await list('?TemplateId=later')).toEqual([entry('later', 'Later')]));

    // The carrier has a template of this name that is not stored here.
    const template = {
      identity,
      name: 'taken',
      displayName: 'Taken',
      language: 'en',
      category: 'UTILITY',
      content: 'x',
    };
    const submitted = await fetch(`${carrier.url}/templates`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${credentials.apiKey}` },
      body: JSON.stringify({
        reportUrl: `${local.host.baseUrl}/webhooks/simulated`,
        template: { ...template, buttons: [] },
      }),
    });
    expect(submitted.status).toBe(202);
    expectRefusal(await create({ DisplayName: 'Taken' }), [
      400,
      'TemplateRefused',
      undefined,
      /WhatsApp refused the template: There is another template named taken\. Change/,
    ]);
    await eventually(() =>
      expect(local.host.output()).toContain(`"unknownTemplates":["…${identity.slice(-3)}/taken"]`),
    );
    expect(await list('?TemplateId=taken')).toEqual([]);
  });
});

describe('opting out and in', () => {
  const optOuts = async (): Promise<string[]> =>
    [...(await createTableOptOutStore({ connectionString: local.storage.connectionString }).list(identity))].sort();
  const call = (method: 'POST' | 'DELETE', sender: string, recipient: string): Promise<ApiAnswer> =>
    local.api.call(`/whatsapp/opt-in/sender/${encodeURIComponent(sender)}/recipient/${encodeURIComponent(recipient)}`, {
      method,
    });

  test('is stored by number in any spelling, and may be repeated', async () => {
    expect((await call('POST', identity, '358401234567')).status).toBe(204);
    expect(await optOuts()).toEqual([]);
    for (const recipient of ['+358 40 123 4567', '0401234567', '358401234567', '46701234567']) {
      const answer = await call('DELETE', '+358 40 100 0001', recipient);
      expect([answer.status, answer.body]).toEqual([204, undefined]);
    }
    expect(await optOuts()).toEqual(['358401234567', '46701234567']);
    expect((await call('POST', identity, '040 123 4567')).status).toBe(204);
    expect((await call('POST', identity, '040 123 4567')).status).toBe(204);
    expect(await optOuts()).toEqual(['46701234567']);
  });

  test('costs one storage operation', async () => {
    local.storage.reset();
    await call('DELETE', identity, '358401234568');
    expect(local.storage.operations().map(({ service, method }) => `${service} ${method}`)).toEqual(['table POST']);
    local.storage.reset();
    await call('POST', identity, '358401234568');
    expect(local.storage.operations().map(({ service, method }) => `${service} ${method}`)).toEqual(['table DELETE']);
  });
});
