import { describe, expect, test } from 'vitest';

import { sendMessage } from '../../../../src/messages/index.ts';
import { prepareSend, recipientLimit } from '../../../../src/messages/compose/prepare-send.ts';
import { compileContent } from '../../../../src/messages/compose/personalization.ts';
import { renderText } from '../../../../src/messages/compose/render-text.ts';
import { sendWarnings } from '../../../../src/messages/send-warnings.ts';
import type { Customer, Service } from '../../../../src/operation/access.ts';
import { problem, problemLimit } from '../../../../src/operation/errors.ts';
import type { ErrorCode, Problem } from '../../../../src/operation/errors.ts';
import { callOperation, problemsOf, testCustomer, testNow, testService } from '../../../support/labs/kernel.ts';
import { createMessaging, phones, sendBody } from '../../../support/labs/messaging.ts';

/** Prepares a good body in which some fields are replaced. */
function prepare(
  details: Readonly<Record<string, unknown>> = {},
  {
    customer = {},
    service = {},
    now = testNow,
  }: { customer?: Partial<Customer>; service?: Partial<Service>; now?: Date } = {},
) {
  return prepareSend({
    body: sendBody(details),
    customer: { ...testCustomer, ...customer },
    service: { ...testService, ...service },
    now,
  });
}

/** The codes and targets of the problems, without the sentences. */
function problems(...given: Parameters<typeof prepare>): [ErrorCode, string | undefined][] {
  return prepare(...given).problems.map(({ code, target }) => [code, target]);
}

const one = (details: Readonly<Record<string, unknown>>) => [{ Address: '358401234567', ...details }];

describe('a good send', () => {
  test('is returned as it will be stored', () => {
    expect(prepare()).toEqual({
      problems: [],
      prepared: {
        protocol: 'SMS',
        sender: 'Arena',
        content: 'Hei!',
        recipients: [{ address: '358401234567', parts: 1, values: [] }],
        partCount: 1,
        guessedNumbers: 0,
        optedOut: new Set(),
      },
    });
  });

  test('has numbers and senders in one form, however they were written', () => {
    const Recipients = ['+358 40 123 4567', '040-1234567', '00358401234567', '112'].map((Address) => ({
      Address,
    }));
    const { problems, prepared } = prepare({ Sender: ' +358 (20) 743-4242 ', Recipients });
    expect(problems).toEqual([problem('InvalidPhoneNumber', { target: 'Recipients[3].Address' })]);
    expect(prepared.sender).toBe('358207434242');
    expect(prepared.recipients.map(({ address }) => address)).toEqual([
      '358401234567',
      '358401234567',
      '358401234567',
      '',
    ]);
    const swedish = prepare({ Recipients: [{ Address: '070 123 45 67' }] }, { customer: { region: 'SE' } });
    expect(swedish.prepared.recipients.map(({ address }) => address)).toEqual(['46701234567']);
  });

  test('keeps the values of placeholders as text, in their order, and counts the parts of each text', () => {
    const Recipients = [
      { Address: '358401234567', Personalization: { name: 'Äiti', sum: 1.5, paid: true, other: {} } },
      { Address: '358401234568', Personalization: { name: 'x'.repeat(160), sum: -0, paid: false } },
      { Address: '358401234569', Personalization: { name: '', sum: 1e21, paid: 'maybe' } },
    ];
    const { problems, prepared } = prepare({ Content: '$(sum)$(name)$(paid)$(sum)', Recipients });
    expect(problems).toEqual([]);
    expect(prepared.recipients).toEqual([
      { address: '358401234567', parts: 1, values: ['1.5', 'Äiti', 'true'] },
      { address: '358401234568', parts: 2, values: ['0', 'x'.repeat(160), 'false'] },
      { address: '358401234569', parts: 1, values: ['1e+21', '', 'maybe'] },
    ]);
    expect(prepared.partCount).toBe(2);
  });

  test('may list its values, for apps that can not write names of their own', () => {
    const content = { Content: '$(name), $(sum)' };
    const values = (details: Readonly<Record<string, unknown>>) => {
      const { problems, prepared } = prepare({ ...content, Recipients: one(details) });
      return [problems, prepared.recipients[0]?.values];
    };
    const name = { name: 'name', value: 'Aino' };
    expect(values({ Placeholders: [name, { name: 'sum', value: '5' }] })).toEqual([[], ['Aino', '5']]);
    expect(values({ Placeholders: [name, { name: 'sum' }] })).toEqual([[], ['Aino', '']]);
    expect(values({ Placeholders: [name], Personalization: { sum: 5 } })).toEqual([[], ['Aino', '5']]);
    expect(values({ Placeholders: [name], Personalization: { sum: 5, name: 'Aino' } })).toEqual([
      [problem('InvalidField', { target: 'Recipients[0].Placeholders[0].name', rule: 'is given twice' })],
      ['Aino', '5'],
    ]);
    expect(values({ Placeholders: [name, name, { name: 'sum' }] })).toEqual([
      [problem('InvalidField', { target: 'Recipients[0].Placeholders[1].name', rule: 'is given twice' })],
      ['Aino', ''],
    ]);
    expect(values({ Placeholders: [name, { name: '__proto__' }, null, 5, { name: 5 }, {}] })).toEqual([
      [problem('MissingPlaceholder', { target: 'Recipients[0].Personalization.sum', placeholder: '$(sum)' })],
      [],
    ]);
  });

  test('may have 10,000 recipients, each with values of its own', () => {
    const Recipients = phones(recipientLimit).map((Address, index) => ({ Address, Personalization: { n: index } }));
    const { problems, prepared } = prepare({ Content: 'Numero $(n)', Recipients });
    expect(problems).toEqual([]);
    expect(prepared.recipients).toHaveLength(recipientLimit);
    expect(prepared.recipients.at(-1)).toEqual({ address: '358401009999', parts: 1, values: ['9999'] });
  });
});

const badBodies: [name: string, details: Record<string, unknown>, problems: Problem[]][] = [
  // Senders
  ['a sender of another service', { Sender: 'Other' }, [problem('SenderNotAllowed', { target: 'Sender' })]],
  ['a short code of another service', { Sender: '17200' }, [problem('SenderNotAllowed', { target: 'Sender' })]],
  ['a number of another service', { Sender: '358401111111' }, [problem('SenderNotAllowed', { target: 'Sender' })]],
  ['a sender of blanks', { Sender: '  ' }, [problem('SenderNotAllowed', { target: 'Sender' })]],
  ['a sender that is too long', { Sender: 'ArenaArenaArena' }, [problem('SenderNotAllowed', { target: 'Sender' })]],

  // Addresses
  ...['abc', '16400', '+358', '112', '358 40', 'tel:', '358401234567890123', 'x'.repeat(10_000), '+35840123456x'].map(
    (Address): [string, Record<string, unknown>, Problem[]] => [
      `the address ${Address.slice(0, 20)}`,
      { Recipients: [{ Address }] },
      [problem('InvalidPhoneNumber', { target: 'Recipients[0].Address' })],
    ],
  ),

  [
    'an attachment, which SMS can not carry',
    { AttachmentUri: 'https://example.com/a.png' },
    [problem('AttachmentNotCarried', { target: 'AttachmentUri', channel: 'SMS' })],
  ],

  // Addresses to call
  ...['not a url', '/callback', 'example.com/x', 'ftp://example.com', 'javascript:alert(1)', 'https://', 'data:,x'].map(
    (url): [string, Record<string, unknown>, Problem[]] => [
      `the address ${url}`,
      { DlrUrl: url },
      [problem('InvalidUrl', { target: 'DlrUrl' })],
    ],
  ),
  [
    'an address to call of 2,001 characters',
    { DlrUrl: `https://example.com/${'x'.repeat(1_981)}` },
    [problem('InvalidField', { target: 'DlrUrl', rule: 'must be at most 2000 characters long' })],
  ],

  // Content
  ...[' ', '\n\t ', '\u00a0\u2003', '\u200b\u200d\ufeff', '\u0001\u001f', '\u202a \u202c'].map(
    (Content): [string, Record<string, unknown>, Problem[]] => [
      `the content ${JSON.stringify(Content)}`,
      { Content },
      [problem('EmptyContent', { target: 'Content' })],
    ],
  ),
  [
    'a content with placeholders of 60,001 characters',
    { Content: `$(a)${'x'.repeat(59_997)}`, Recipients: one({}) },
    [problem('InvalidField', { target: 'Content', rule: 'must be at most 60000 characters long' })],
  ],

  // Personalization
  [
    'no value for a placeholder',
    { Content: 'Hei $(name) $(name)', Recipients: one({}) },
    [problem('MissingPlaceholder', { target: 'Recipients[0].Personalization.name', placeholder: '$(name)' })],
  ],
  [
    'null for a placeholder, and another name in other letters',
    { Content: '$(a) $(b)', Recipients: one({ Personalization: { a: null, B: 'x' } }) },
    [
      problem('MissingPlaceholder', { target: 'Recipients[0].Personalization.a', placeholder: '$(a)' }),
      problem('MissingPlaceholder', { target: 'Recipients[0].Personalization.b', placeholder: '$(b)' }),
    ],
  ],
  [
    'objects and lists for placeholders',
    { Content: '$(a) $(b)', Recipients: one({ Personalization: { a: { text: 'x' }, b: ['x'] } }) },
    [
      problem('InvalidField', {
        target: 'Recipients[0].Personalization.a',
        rule: 'must be text, a number, true or false',
      }),
      problem('InvalidField', {
        target: 'Recipients[0].Personalization.b',
        rule: 'must be text, a number, true or false',
      }),
    ],
  ],
  [
    'names that every object has',
    { Content: '$(constructor)$(toString)$(__proto__)', Recipients: one({ Personalization: {} }) },
    ['constructor', 'toString', '__proto__'].map((name) =>
      problem('MissingPlaceholder', { target: `Recipients[0].Personalization.${name}`, placeholder: `$(${name})` }),
    ),
  ],
  [
    'values that leave nothing to see',
    {
      Content: '$(a) $(b)',
      Recipients: [
        { Address: '358401234567', Personalization: { a: '', b: '' } },
        { Address: '358401234567', Personalization: { a: '\u200b', b: '\n' } },
        { Address: '358401234567', Personalization: { a: '', b: '.' } },
      ],
    },
    [
      problem('EmptyContent', { target: 'Recipients[0].Personalization' }),
      problem('EmptyContent', { target: 'Recipients[1].Personalization' }),
    ],
  ],
];

test.each(badBodies)('refuses %s, and names the problem and its place', (_, details, problems) => {
  expect(prepare(details).problems).toEqual(problems);
});

describe('input that the schema refuses', () => {
  test('is ignored by the rules', () => {
    const bodies: unknown[] = [
      null,
      'text',
      5,
      [],
      [sendBody()],
      {},
      sendBody({ Sender: 5, Content: 5, SendDateTime: 5, DlrUrl: 5, AttachmentUri: {}, Recipients: 5 }),
      sendBody({ Sender: undefined, Content: undefined, Recipients: undefined }),
      sendBody({ Content: '$(a)', Recipients: [null, 'x', 5, [], ['x']] }),
      sendBody({ Content: '$(a)', Recipients: one({ Personalization: 'x' }) }),
      sendBody({ Content: '$(a)', Recipients: one({ Personalization: ['x'] }) }),
      sendBody({ Recipients: [{ Address: 358401234567 }, {}] }),
      sendBody({ SendDateTime: 'soon' }),
      sendBody({ Recipients: Array.from({ length: recipientLimit + 1 }, () => ({ Address: 'abc' })) }),
    ];
    for (const body of bodies) {
      const { problems } = prepareSend({ body, customer: testCustomer, service: testService, now: testNow });
      expect(problems).toEqual([]);
    }
  });
});

describe('SendDateTime', () => {
  const sendAt = (SendDateTime: string, now = testNow) =>
    prepare({ SendDateTime }, { now }).prepared.sendAt?.toISOString();

  test('is read in the time zone of the customer if it names no zone', () => {
    expect(sendAt('2026-12-01T09:00:00')).toBe('2026-12-01T07:00:00.000Z');
    expect(sendAt('2026-12-01T09:00:00+01:00')).toBe('2026-12-01T08:00:00.000Z');
    const newYork = prepare({ SendDateTime: '2026-12-01T09:00:00' }, { customer: { timeZone: 'America/New_York' } });
    expect(newYork.prepared.sendAt).toEqual(new Date('2026-12-01T14:00:00.000Z'));
  });

  test('in the past, or now, means at once', () => {
    for (const moment of ['2026-11-23T09:59:59Z', '2026-11-23T10:00:00Z', '2001-01-01', '0001-01-01T00:00:00']) {
      const { problems, prepared } = prepare({ SendDateTime: moment });
      expect([moment, problems, 'sendAt' in prepared]).toEqual([moment, [], false]);
    }
    expect(sendAt('2026-11-23T10:00:00.001Z')).toBe('2026-11-23T10:00:00.001Z');
  });

  test('may be a year ahead, and not a second more', () => {
    const tooFar = [problem('DateTooFarAhead', { target: 'SendDateTime' })];
    expect(sendAt('2027-11-23T10:00:00Z')).toBe('2027-11-23T10:00:00.000Z');
    expect(prepare({ SendDateTime: '2027-11-23T10:00:00Z' }).problems).toEqual([]);
    expect(prepare({ SendDateTime: '2027-11-23T10:00:01Z' }).problems).toEqual(tooFar);
    expect(prepare({ SendDateTime: '9999-12-31T23:59:59' }).problems).toEqual(tooFar);
    const leapDay = new Date('2028-02-29T10:00:00Z');
    expect(prepare({ SendDateTime: '2029-03-01T10:00:00Z' }, { now: leapDay }).problems).toEqual([]);
    expect(prepare({ SendDateTime: '2029-03-01T10:00:01Z' }, { now: leapDay }).problems).toEqual(tooFar);
  });
});

describe('parts', () => {
  const longest = 'x'.repeat(255 * 153);

  test('are at most 255 in a text that all recipients share', () => {
    expect(prepare({ Content: longest })).toMatchObject({ problems: [], prepared: { partCount: 255 } });
    expect(prepare({ Content: `${longest}x` }).problems).toEqual([
      problem('ContentTooLong', { target: 'Content', parts: 256, limit: 255 }),
    ]);
    const unicode = 'ж'.repeat(255 * 67);
    expect(prepare({ Content: unicode })).toMatchObject({ problems: [], prepared: { partCount: 255 } });
    expect(problems({ Content: `${unicode}ж` })).toEqual([['ContentTooLong', 'Content']]);
  });

  test('are counted after normalisation, as the text is sent', () => {
    const decomposed = 'a\u0308'.repeat(255 * 153);
    expect(prepare({ Content: decomposed })).toMatchObject({ problems: [], prepared: { partCount: 255 } });
    expect(problems({ Content: `${decomposed}x` })).toEqual([['ContentTooLong', 'Content']]);
    const escaped = '$($)'.repeat(255 * 153);
    expect(prepare({ Content: escaped })).toMatchObject({ problems: [], prepared: { partCount: 255 } });
    expect(problems({ Content: `${escaped}x` })).toEqual([['ContentTooLong', 'Content']]);
  });

  test('are at most 255 in the text of each recipient', () => {
    const Recipients = [longest.slice(4), longest.slice(3), 'x'].map((a, index) => ({
      Address: phones(3)[index],
      Personalization: { a },
    }));
    const { problems, prepared } = prepare({ Content: 'Hei $(a)', Recipients });
    expect(problems).toEqual([
      problem('ContentTooLong', { target: 'Recipients[1].Personalization', parts: 256, limit: 255 }),
    ]);
    expect(prepared.recipients.map(({ parts }) => parts)).toEqual([255, 256, 1]);
  });

  test('are not counted to the end if a text is much too long', () => {
    const parts = 'more than 510';
    expect(prepare({ Content: 'x'.repeat(511 * 153) }).problems).toEqual([
      problem('ContentTooLong', { target: 'Content', parts, limit: 255 }),
    ]);
    const Recipients = phones(200).map((Address) => ({ Address, Personalization: { a: 'x'.repeat(1_000) } }));
    const { problems } = prepare({ Content: '$(a)'.repeat(15_000), Recipients });
    expect(problems).toEqual(
      Recipients.map((_, index) =>
        problem('ContentTooLong', { target: `Recipients[${index}].Personalization`, parts, limit: 255 }),
      ),
    );
    // Rendered to its end, the text would have fifteen million characters.
    const { length } = renderText(compileContent('$(a)'.repeat(15_000)), ['x'.repeat(1_000)]);
    expect(length).toBeGreaterThan(2 * 255 * 153);
    expect(length).toBeLessThan(100_000);
  });
});

test('prepareSend limits the number of problems of a body that breaks as many rules as it can', () => {
  const Content = Array.from({ length: 9_000 }, (_, index) => `$(${index.toString(36)})`).join('');
  const Placeholders = Array.from({ length: 3 * problemLimit }, () => ({ name: 'a' }));
  const bodies = [
    { Content, Recipients: phones(recipientLimit).map((Address) => ({ Address })) },
    { Recipients: [{ Address: '358401234567', Placeholders }] },
  ];
  for (const { length } of bodies.map((body) => prepare(body).problems)) {
    expect(length).toBeGreaterThanOrEqual(problemLimit);
    expect(length).toBeLessThan(2 * problemLimit);
  }
});

describe('warnings', () => {
  const warningsOf = (...given: Parameters<typeof prepare>) => sendWarnings(prepare(...given).prepared);
  const guessed = '7654321';

  test('are absent for a send without peculiarities', () => {
    expect(warningsOf()).toEqual({});
    expect(warningsOf({ Content: 'x'.repeat(3 * 153) })).toEqual({});
  });

  test('count the numbers that were taken for national ones by their length', () => {
    const Recipients = [guessed, '358401234567', guessed].map((Address) => ({ Address }));
    expect(prepare({ Recipients }).prepared).toMatchObject({
      guessedNumbers: 2,
      recipients: [{ address: `358${guessed}` }, { address: '358401234567' }, { address: `358${guessed}` }],
    });
    expect(warningsOf({ Recipients })).toEqual({
      Warning: '299 - "2 numbers may be wrong: they are valid in no country, and taken for national numbers."',
    });
  });

  test('name a text of more than three parts', () => {
    expect(warningsOf({ Content: 'x'.repeat(3 * 153 + 1) })).toEqual({
      Warning: '299 - "The text takes 4 message parts, and each is billed. Some phones show no more than 3."',
    });
  });

  test('share one header', () => {
    const { Warning = '' } = warningsOf({ Content: 'x'.repeat(1_000), Recipients: [{ Address: guessed }] });
    expect(Warning.match(/299 - "[^"]*"/g)).toHaveLength(2);
    expect(Warning).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('SendMessage, with schema and rules together', () => {
  const headers = { 'customer-id': 'demo', 'service-id': 'demo-oneway' };
  const send = async (json: unknown) => {
    const deps = createMessaging();
    const call = await callOperation(sendMessage, { headers, json }, deps);
    return { ...call, jobs: deps.messages.queue.jobs };
  };

  test('names every problem in one answer', async () => {
    const { answer, jobs } = await send({
      Sender: 'Other',
      Content: 'Hei $(name)',
      Protocol: 'MMS',
      SendDateTime: '2030-01-01T00:00:00Z',
      AttachmentUri: 'ftp://example.com',
      DlrUrl: 'callback',
      CustomerData: 'x'.repeat(256),
      AdMessage: 'yes',
      RequestId: 'x'.repeat(1001),
      Recipients: [
        { Address: '358401234567', Personalization: { name: 'Aino' } },
        { Address: 'abc', Personalization: { name: 'Aino' } },
        { Address: '', Personalization: { name: null } },
        'a phone',
        { Address: 5, Personalization: 'Aino' },
        { Address: '358401234567', Personalization: { name: {} } },
        { Address: '+358 40', Personalization: { name: '\0' } },
      ],
    });
    expect([answer.status, jobs]).toEqual([400, []]);
    expect(problemsOf(answer)).toEqual([
      ['InvalidField', 'Protocol'],
      ['InvalidField', 'CustomerData'],
      ['InvalidField', 'AdMessage'],
      ['InvalidField', 'RequestId'],
      ['MissingField', 'Recipients[2].Address'],
      ['InvalidField', 'Recipients[3]'],
      ['InvalidField', 'Recipients[4].Address'],
      ['InvalidField', 'Recipients[4].Personalization'],
      ['InvalidCharacters', 'Recipients[6].Personalization.name'],
      ['SenderNotAllowed', 'Sender'],
      ['DateTooFarAhead', 'SendDateTime'],
      ['InvalidUrl', 'DlrUrl'],
      ['AttachmentNotCarried', 'AttachmentUri'],
      ['InvalidPhoneNumber', 'Recipients[1].Address'],
      ['MissingPlaceholder', 'Recipients[2].Personalization.name'],
      ['InvalidField', 'Recipients[5].Personalization.name'],
      ['InvalidPhoneNumber', 'Recipients[6].Address'],
    ]);
    expect(JSON.stringify(answer.jsonBody)).not.toMatch(/\{(?:target|rule|what|parts|limit|placeholder)\}/);
  });

  test('names each of 10,000 bad recipients', async () => {
    const Recipients = Array.from({ length: recipientLimit }, () => ({ Address: 'abc' }));
    const { answer } = await send(sendBody({ Recipients }));
    expect(problemsOf(answer)).toEqual(
      Recipients.map((_, index) => ['InvalidPhoneNumber', `Recipients[${index}].Address`]),
    );
    expect((answer.jsonBody as { message: string }).message).toBe(
      'Recipients[0].Address is not a phone number. Write country code and number without + or 00: ' +
        '358401234567. (9999 more problems: see details.)',
    );
  });

  test('counts one recipient too many as one problem', async () => {
    const Recipients = Array.from({ length: recipientLimit + 1 }, () => ({ Address: 'abc' }));
    const { answer } = await send(sendBody({ Recipients, Sender: 'Other' }));
    expect(problemsOf(answer)).toEqual([
      ['InvalidField', 'Recipients'],
      ['SenderNotAllowed', 'Sender'],
    ]);
  });

  test('treats empty optional fields as absent and empty required ones as missing', async () => {
    const optionalFields = ['SendDateTime', 'AttachmentUri', 'CustomerData', 'AdMessage', 'DlrUrl', 'RequestId'];
    for (const empty of [null, '']) {
      const json = sendBody({
        ...Object.fromEntries(optionalFields.map((name) => [name, empty])),
        Recipients: one({ Personalization: empty }),
      });
      expect((await send(json)).answer.status).toBe(200);
      const required = await send({ Sender: empty, Content: empty, Protocol: empty, Recipients: empty });
      expect(problemsOf(required.answer)).toEqual(
        ['Sender', 'Content', 'Protocol', 'Recipients'].map((name) => ['MissingField', name]),
      );
    }
    const nobody = await send(sendBody({ Recipients: [] }));
    expect(problemsOf(nobody.answer)).toEqual([['InvalidField', 'Recipients']]);
  });
});
