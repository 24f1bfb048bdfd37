import { describe, expect, test } from 'vitest';

import { prepareTemplate } from '../../../src/templates/prepare-template.ts';
import type { NewTemplate } from '../../../src/templates/index.ts';
import { testCustomer } from '../../support/labs/kernel.ts';

const good = {
  DisplayName: 'Order ready',
  RawContent: 'Hi {{1}}, your order {{2}} is ready.',
  Category: 'Utility',
  Language: 'en',
};

const prepared: NewTemplate = {
  customerId: 'demo',
  identity: '358401000001',
  name: 'order_ready',
  displayName: 'Order ready',
  language: 'en',
  category: 'UTILITY',
  content: 'Hi {{1}}, your order {{2}} is ready.',
  buttons: [],
};

const prepare = (details: Record<string, unknown>) =>
  prepareTemplate({ body: { ...good, ...details }, customer: testCustomer, identity: '358401000001' });

/** Returns the problems of a template as `code target: message`. */
const problemsOf = (details: Record<string, unknown>): string[] =>
  prepare(details).problems.map(({ code, target, message }) => `${code} ${target}: ${message}`);

test('a valid template is accepted unchanged', () => {
  expect(prepare({})).toEqual({ problems: [], prepared });
});

test('texts are trimmed, and line breaks become line feeds', () => {
  const spaced = {
    DisplayName: '  Order ready ',
    RawContent: '\r\n Hi {{1}},\r\nyour order {{2}} is ready.\n\n',
    Language: ' EN ',
    Category: ' SHIPPING_UPDATE ',
    HeaderText: ' Order {{1}} ',
  };
  expect(prepare(spaced)).toEqual({
    problems: [],
    prepared: { ...prepared, content: 'Hi {{1}},\nyour order {{2}} is ready.', headerText: 'Order {{1}}' },
  });
});

test('an attachment is accepted as the example of the header', () => {
  expect(prepare({ AttachmentUrl: ' https://example.com/a.pdf ' })).toEqual({
    problems: [],
    prepared: { ...prepared, attachmentUrl: 'https://example.com/a.pdf' },
  });
});

test.each([
  [
    [
      { Type: 'Url', Label: ' Show ', Data: 'https://example.com/orders/{{1}}' },
      { Type: 'Url', Label: 'Cancel', Data: 'http://example.com/cancel?why=#top' },
    ],
    [
      { type: 'Url', label: 'Show', data: 'https://example.com/orders/{{1}}' },
      { type: 'Url', label: 'Cancel', data: 'http://example.com/cancel?why=#top' },
    ],
  ],
  [
    [{ Type: 'Call', Label: 'Call us', Data: '+358 20 743 4242' }],
    [{ type: 'Call', label: 'Call us', data: '358207434242' }],
  ],
  [
    [{ Type: 'Call', Label: 'Call us', Data: '020 743 4242' }],
    [{ type: 'Call', label: 'Call us', data: '358207434242' }],
  ],
  [
    [
      { Type: 'QuickReply', Label: 'Yes, please', Data: 'yes' },
      { Type: 'QuickReply', Label: 'No' },
      { Type: 'QuickReply', Label: 'Later 😀', Data: 'x'.repeat(20) },
    ],
    [
      { type: 'QuickReply', label: 'Yes, please', data: 'yes' },
      { type: 'QuickReply', label: 'No', data: 'No' },
      { type: 'QuickReply', label: 'Later 😀', data: 'x'.repeat(20) },
    ],
  ],
])('valid buttons are accepted: %j', (Buttons, buttons) => {
  expect(prepare({ Buttons })).toEqual({ problems: [], prepared: { ...prepared, buttons } });
});

const button = (details: Record<string, unknown>) => ({
  Buttons: [{ Type: 'QuickReply', Label: 'Yes', Data: 'yes', ...details }],
});
const twoOf = (first: Record<string, unknown>, second: Record<string, unknown>) => ({
  Buttons: [
    { Type: 'QuickReply', Label: 'Yes', Data: 'yes', ...first },
    { Type: 'QuickReply', Label: 'No', Data: 'no', ...second },
  ],
});
const url = (Data: string) => button({ Type: 'Url', Data });
const httpsRemedy = 'Enter the full address, starting with https://.';

describe('a template that WhatsApp would refuse is refused, with the reason', () => {
  test.each<[Record<string, unknown>, string]>([
    // Display name
    [{ DisplayName: ' ' }, 'MissingField DisplayName: DisplayName is required and must not be empty. Enter a value.'],
    [
      { DisplayName: 'Заказ' },
      `InvalidField DisplayName: DisplayName must have Latin letters or digits, and no letters of other scripts: the id of the template is made from it.`,
    ],
    [{ DisplayName: 'Order\nready' }, `InvalidField DisplayName: DisplayName must not have a line break.`],

    // Content
    [
      { RawContent: ' \n ' },
      'EmptyContent RawContent: The text of RawContent has no visible character. Enter some text.',
    ],
    [{ RawContent: 'Hi\tyou' }, `InvalidField RawContent: RawContent must not have a tab.`],
    [{ RawContent: 'Hi \u0007' }, `InvalidField RawContent: RawContent must not have a control character.`],
    [
      { RawContent: 'Hi {{2}}.' },
      `InvalidField RawContent: RawContent must number its placeholders from 1 without gaps, but {{1}} is missing.`,
    ],
    [
      { RawContent: 'Hi {{name}}.' },
      `InvalidField RawContent: RawContent has {{name}}, but placeholders are written {{1}}, {{2}} and so on.`,
    ],
    [{ RawContent: 'Hi {{1}}{{2}}!' }, `InvalidField RawContent: RawContent must have text between two placeholders.`],

    // Category and language
    [{ Category: 'Spam' }, `InvalidField Category: Category must be one of Marketing, Utility, Authentication.`],
    [
      { Language: 'xx' },
      `InvalidField Language: Language must be a two-letter language code of ISO 639-1, for example en.`,
    ],
    [
      { Language: 'en_GB' },
      `InvalidField Language: Language must be a two-letter language code of ISO 639-1, for example en.`,
    ],

    // Header
    [{ HeaderText: ' ' }, 'EmptyContent HeaderText: The text of HeaderText has no visible character. Enter some text.'],
    [{ HeaderText: 'A\nB' }, `InvalidField HeaderText: HeaderText must not have a line break.`],
    [{ HeaderText: '{{1}} of {{2}}' }, `InvalidField HeaderText: HeaderText must have at most one placeholder.`],
    [
      { HeaderText: 'Part {{2}}' },
      `InvalidField HeaderText: HeaderText must number its placeholders from 1 without gaps, but {{1}} is missing.`,
    ],
    ...['*Sale*', 'Sale 🎉', 'I ❤️ it'].map((HeaderText): [Record<string, unknown>, string] => [
      { HeaderText },
      `InvalidField HeaderText: HeaderText must have neither an asterisk nor an emoji.`,
    ]),
    [
      { HeaderText: 'Order', AttachmentUrl: 'https://example.com/a.pdf' },
      `InvalidField HeaderText: HeaderText must be left out if there is an AttachmentUrl: a template has only one header.`,
    ],

    // Attachment
    ...[
      'example.com/a.pdf',
      'ftp://example.com/a.pdf',
      'https://exa mple.com/a.pdf',
      'https://exam\nple.com/a.pdf',
    ].map((AttachmentUrl): [Record<string, unknown>, string] => [
      { AttachmentUrl },
      `InvalidUrl AttachmentUrl: AttachmentUrl is not an absolute http or https address. ${httpsRemedy}`,
    ]),
    [
      { AttachmentUrl: `https://example.com/${'x'.repeat(1_977)}.pdf` },
      `InvalidField AttachmentUrl: AttachmentUrl must be at most 2000 characters long.`,
    ],
    [
      { AttachmentUrl: 'https://example.com/a.exe' },
      `InvalidField AttachmentUrl: AttachmentUrl must lead to an image (.jpg, .png), a video (.mp4, .3gp) or a document (.pdf, .docx, .xlsx, .pptx, .txt).`,
    ],

    // Buttons
    [
      button({ Type: undefined }),
      'MissingField Buttons[0].Type: Buttons[0].Type is required and must not be empty. Enter a value.',
    ],
    [
      button({ Label: undefined }),
      'MissingField Buttons[0].Label: Buttons[0].Label is required and must not be empty. Enter a value.',
    ],
    [
      button({ Label: ' ' }),
      'MissingField Buttons[0].Label: Buttons[0].Label is required and must not be empty. Enter a value.',
    ],
    [button({ Label: 'A\nB' }), `InvalidField Buttons[0].Label: Buttons[0].Label must not have a line break.`],
    [button({ Label: 'Hi {{1}}' }), `InvalidField Buttons[0].Label: Buttons[0].Label must not have a placeholder.`],
    [
      button({ Data: 'x'.repeat(21) }),
      `InvalidField Buttons[0].Data: Buttons[0].Data must be at most 20 characters long.`,
    ],
    [button({ Data: 'a\tb' }), `InvalidField Buttons[0].Data: Buttons[0].Data must not have a tab.`],
    [
      button({ Type: 'Call', Data: undefined }),
      'MissingField Buttons[0].Data: Buttons[0].Data is required and must not be empty. Enter a value.',
    ],
    [
      button({ Type: 'Url', Data: ' ' }),
      'MissingField Buttons[0].Data: Buttons[0].Data is required and must not be empty. Enter a value.',
    ],
    [
      button({ Type: 'Call', Data: 'call me' }),
      'InvalidPhoneNumber Buttons[0].Data: Buttons[0].Data is not a phone number. Write country code and number without + or 00: 358401234567.',
    ],
    [
      button({ Type: 'Call', Data: '+358 20 743 4242 - 1 2' }),
      `InvalidField Buttons[0].Data: Buttons[0].Data must be at most 20 characters long.`,
    ],
    ...['example.com', 'tel:+358207434242', '{{1}}', 'https://{{1}}', 'https://example.com{{1}}', 'https://a b'].map(
      (Data): [Record<string, unknown>, string] => [
        url(Data),
        `InvalidUrl Buttons[0].Data: Buttons[0].Data is not an absolute http or https address. ${httpsRemedy}`,
      ],
    ),
    ...['https://example.com/{{1}}/more', 'https://example.com/{{1}}/{{1}}', 'https://example.com/{{2}}/{{1}}'].map(
      (Data): [Record<string, unknown>, string] => [
        url(Data),
        `InvalidField Buttons[0].Data: Buttons[0].Data must have no placeholder other than {{1}} at the end.`,
      ],
    ),
    [
      url('https://example.com/{{id}}'),
      `InvalidField Buttons[0].Data: Buttons[0].Data has {{id}}, but placeholders are written {{1}}, {{2}} and so on.`,
    ],
    [
      url(`https://example.com/${'x'.repeat(1_981)}`),
      `InvalidField Buttons[0].Data: Buttons[0].Data must be at most 2000 characters long.`,
    ],
    [
      twoOf({}, { Type: 'Call', Data: '0207434242' }),
      `InvalidField Buttons[1].Type: Buttons[1].Type must be QuickReply, the type of the first button: all buttons of a template have the same type.`,
    ],
    [twoOf({}, { Label: 'YES' }), `InvalidField Buttons[1].Label: Buttons[1].Label repeats the label of Buttons[0].`],
    [
      twoOf({ Type: 'Call', Data: '0207434242' }, { Type: 'Call', Data: '0207434243' }),
      `InvalidField Buttons: Buttons must have at most 1 button of type Call.`,
    ],
    [
      { Buttons: ['a', 'b', 'c'].map((Label) => ({ Type: 'Url', Label, Data: 'https://example.com/' })) },
      `InvalidField Buttons: Buttons must have at most 2 buttons of type Url.`,
    ],

    // Authentication
    ...(
      [
        ['HeaderText', { HeaderText: 'Code' }],
        ['AttachmentUrl', { AttachmentUrl: 'https://example.com/a.pdf' }],
        ['Buttons', button({})],
      ] as const
    ).map(([target, details]): [Record<string, unknown>, string] => [
      { Category: 'Authentication', ...details },
      `InvalidField ${target}: ${target} must be left out of a template of the category Authentication.`,
    ]),
  ])('%j', (details, expected) => {
    expect(problemsOf(details)).toEqual([expected]);
  });
});

test('values at WhatsApp’s limits are accepted', () => {
  const details = {
    HeaderText: 'x'.repeat(60),
    Buttons: Array.from({ length: 10 }, (_, index) => ({ Type: 'QuickReply', Label: `${index}`.padStart(25, 'x') })),
  };
  expect(problemsOf(details)).toEqual([]);
  expect(problemsOf(url(`https://example.com/${'x'.repeat(1_975)}{{1}}`))).toEqual([]);
  expect(problemsOf({ Category: 'Authentication' })).toEqual([]);
});

test('all problems are reported at once', () => {
  const details = {
    DisplayName: '!!!',
    RawContent: '{{2}}',
    Category: 'Spam',
    Language: 'english',
    HeaderText: '{{1}} {{2}} *',
    Buttons: [{ Type: 'Url', Label: '', Data: 'x' }, { Type: 'Call' }],
  };
  expect(prepare(details).problems.map(({ target }) => target)).toEqual([
    'DisplayName',
    'RawContent',
    'Category',
    'Language',
    'Buttons[0].Label',
    'Buttons[0].Data',
    'Buttons[1].Label',
    'Buttons[1].Data',
    'Buttons[1].Type',
    'HeaderText',
    'HeaderText',
  ]);
});

test.each([
  null,
  7,
  'x',
  [],
  {},
  { DisplayName: 7, RawContent: [], Category: {}, Language: 1, HeaderText: false, AttachmentUrl: 1, Buttons: 'x' },
  { ...good, Buttons: [null, 'x', 7, []] },
  { ...good, Buttons: [{ Type: 'Link', Label: 7, Data: {} }] },
  { ...good, Buttons: Array.from({ length: 11 }, () => ({})) },
])('what the schema refuses is ignored: %j', (body) => {
  expect(prepareTemplate({ body, customer: testCustomer, identity: '1' }).problems).toEqual([]);
});
