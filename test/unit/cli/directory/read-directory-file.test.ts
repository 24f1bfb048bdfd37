import { describe, expect, test } from 'vitest';

import { readDirectoryText } from '../../../../src/cli/directory/read-directory-file.ts';

/** A document with one field per line, so that the line of a problem tells which field it is about. */
const lines = [
  '{', // 1
  '  "customers": [', // 2
  '    {', // 3
  '      "id": "demo",', // 4
  '      "name": "Demo",', // 5
  '      "region": "FI",', // 6
  '      "timeZone": "Europe/Helsinki",', // 7
  '      "callsPerMinute": 60,', // 8
  '      "services": [', // 9
  '        {', // 10
  '          "id": "send",', // 11
  '          "name": "Send",', // 12
  '          "type": "OneWay",', // 13
  '          "senders": ["Arena", "040 100 0003"],', // 14
  '          "allowsReplies": true,', // 15
  '          "carriers": ["kannel", "twilio"], "resendInDoubt": true', // 16
  '        },', // 17
  '        {', // 18
  '          "id": "info",', // 19
  '          "name": "Info",', // 20
  '          "type": "TwoWay",', // 21
  '          "receivesOn": {', // 22
  '            "protocol": "SMS",', // 23
  '            "address": "16400",', // 24
  '            "keywords": ["Info"]', // 25
  '          }', // 26
  '        }', // 27
  '      ],', // 28
  '      "whatsappIdentities": ["+358 40 100 0001"]', // 29
  '    },', // 30
  '    { "id": "other", "name": "Other" }', // 31
  '  ],', // 32
  '  "users": [', // 33
  '    {', // 34
  '      "id": "ann",', // 35
  '      "name": "Ann",', // 36
  '      "customerIds": ["demo"]', // 37
  '    }', // 38
  '  ]', // 39
  '}', // 40
];
const withLine = (number: number, text: string): string =>
  lines.map((line, index) => (index === number - 1 ? text : line)).join('\n');
const problemsOf = (text: string): readonly string[] => readDirectoryText(text, 'directory.json').problems;

test('a file without problems is read, and what it leaves out gets defaults', () => {
  const { document, problems } = readDirectoryText(`\uFEFF${lines.join('\r\n')}`, 'directory.json');
  expect(problems).toEqual([]);
  expect(document).toEqual({
    customers: [
      {
        id: 'demo',
        name: 'Demo',
        region: 'FI',
        timeZone: 'Europe/Helsinki',
        callsPerMinute: 60,
        services: [
          {
            id: 'send',
            name: 'Send',
            type: 'OneWay',
            senders: ['Arena', '040 100 0003'],
            allowsReplies: true,
            carriers: ['kannel', 'twilio'],
            resendInDoubt: true,
          },
          {
            id: 'info',
            name: 'Info',
            type: 'TwoWay',
            senders: [],
            allowsReplies: false,
            receivesOn: { protocol: 'SMS', address: '16400', keywords: ['Info'] },
          },
        ],
        whatsappIdentities: ['+358 40 100 0001'],
      },
      { id: 'other', name: 'Other', region: 'FI', timeZone: 'UTC', services: [], whatsappIdentities: [] },
    ],
    users: [{ id: 'ann', name: 'Ann', customerIds: ['demo'] }],
  });
});

test("the name of a customer's setting with the secret of its callbacks is read", () => {
  const { document, problems } = readDirectoryText(
    withLine(8, '      "callbackSecretSetting": " CALLBACK_SECRET_DEMO_2 ",'),
    'directory.json',
  );
  expect(problems).toEqual([]);
  expect(document.customers[0]).toMatchObject({ callbackSecretSetting: 'CALLBACK_SECRET_DEMO_2' });
});

const customer = 'customers[0]';
const [send, info] = [`${customer}.services[0]`, `${customer}.services[1]`];
const idsAtFault: [number, string, string][] = [
  [4, '      ', customer],
  [11, '          ', send],
  [35, '      ', 'users[0]'],
].flatMap(([line, indent, place]): [number, string, string][] => [
  [Number(line), `${indent}"id": "${'x'.repeat(101)}",`, `${place}.id has more than 100 characters`],
  [Number(line), `${indent}"id": "a\\u0000b",`, `${place}.id contains a control character`],
  [Number(line), `${indent}"id": " ",`, `${place}.id is missing`],
  [Number(line), `${indent}"id": 7,`, `${place}.id is missing`],
]);

describe('a problem is reported with file, line and place', () => {
  test.each<[number, string, string]>([
    [6, '      "region": "Finland",', `${customer}.region is not a two-letter region`],
    [6, '      "region": "XX",', `${customer}.region is not a two-letter region`],
    [7, '      "timeZone": "Mars/Base",', `${customer}.timeZone is not an IANA time zone`],
    [8, '      "callsPerMinute": 0,', `${customer}.callsPerMinute is not a whole number from 1 to 100000`],
    [8, '      "callsPerMinute": 100001,', `${customer}.callsPerMinute is not a whole number from 1 to 100000`],
    [8, '      "callsPerMinute": 1.5,', `${customer}.callsPerMinute is not a whole number from 1 to 100000`],
    [8, '      "callsPerMinute": "60",', `${customer}.callsPerMinute is not a whole number from 1 to 100000`],
    ...['secret', 'callback_secret_demo', 'CALLBACK_SECRET_', 'CALLBACK_SECRET_A-B', 'XCALLBACK_SECRET_A'].map(
      (name): [number, string, string] => [
        8,
        `      "callbackSecretSetting": "${name}",`,
        `${customer}.callbackSecretSetting is not the name of a setting: CALLBACK_SECRET_ and capital letters, digits or underscores`,
      ],
    ),
    [8, '      "callbackSecretSetting": 7,', `${customer}.callbackSecretSetting is missing`],
    [13, '          "type": "Oneway",', `${send}.type is not one of OneWay, TwoWay, Group`],
    [14, '          "senders": "Arena",', `${send}.senders is not a list of texts`],
    [
      14,
      '          "senders": ["A sender that is too long"],',
      `${send}.senders[0] is not a sender: 'A sender that is too long'`,
    ],
    [14, '          "senders": ["Arena", "", "1"],', `${send}.senders[1] is not a sender: ''`],
    [15, '          "allowsReplies": "yes",', `${send}.allowsReplies is not true or false`],
    [
      16,
      '          "carriers": ["kannel", "two words"]',
      `${send}.carriers[1] is not a carrier; the carriers are simulated, kannel, whatsapp-cloud, azure-communication, twilio`,
    ],
    [16, '          "carriers": ["kannel", "kannel"]', `${send}.carriers[1] is listed twice: 'kannel'`],
    [16, '          "carriers": []', `${send}.carriers names no carrier`],
    [16, '          "carriers": "kannel"', `${send}.carriers is not a list of texts`],
    [16, '          "resendInDoubt": "yes"', `${send}.resendInDoubt is not true or false`],
    [21, '          "type": "Group",', `${info}.receivesOn: only a TwoWay service can receive`],
    [23, '            "protocol": "MMS",', `${info}.receivesOn.protocol is not SMS or WhatsApp`],
    [24, '            "address": "",', `${info}.receivesOn.address is missing`],
    [25, '            "keywords": ["two words"]', `${info}.receivesOn.keywords: 'two words' is not a single word`],
    [29, '      "whatsappIdentities": {}', `${customer}.whatsappIdentities is not a list of texts`],
    [36, '      "name": null,', 'users[0].name is missing'],
    [37, '      "customerIds": ["demo", "gone"]', "users[0].customerIds[1] names an unknown customer: 'gone'"],
    [37, '      "customerIds": ["Demo"]', "users[0].customerIds[0] names an unknown customer: 'Demo'"],
    ...idsAtFault.filter(([line]) => line !== 4),
  ])('line %i as %s', (line, text, problem) => {
    // This problem of a service's type is reported at its receivesOn.
    const at = problem.includes('only a TwoWay') ? 22 : line;
    expect(problemsOf(withLine(line, text))[0]).toBe(`directory.json:${at}: ${problem}`);
  });

  test.each(idsAtFault.filter(([line]) => line === 4))(
    'line %i as %s, and the user who is assigned to the customer',
    (line, text, problem) => {
      expect(problemsOf(withLine(line, text))).toEqual([
        `directory.json:${line}: ${problem}`,
        "directory.json:37: users[0].customerIds[0] names an unknown customer: 'demo'",
      ]);
    },
  );

  test.each<[string, number, string, { at: number; problem: string }]>([
    ['a missing field, at the beginning of its object', 12, '', { at: 10, problem: `${send}.name is missing` }],
    [
      'a mistyped field',
      15,
      '          "allowReplies": true,',
      {
        at: 15,
        problem: `${send}.allowReplies is not a field; the fields are id, name, type, senders, allowsReplies, receivesOn, carriers, resendInDoubt`,
      },
    ],
    [
      'a mistyped field of a customer',
      6,
      '      "regoin": "SE",',
      {
        at: 6,
        problem: `${customer}.regoin is not a field; the fields are id, name, region, timeZone, callsPerMinute, callbackSecretSetting, services, whatsappIdentities`,
      },
    ],
    [
      'a mistyped field of a user',
      36,
      '      "name": "Ann", "mail": "a@example.com",',
      { at: 36, problem: 'users[0].mail is not a field; the fields are id, name, customerIds' },
    ],
    [
      'a mistyped field of an address',
      25,
      '            "keyword": ["Info"]',
      { at: 25, problem: `${info}.receivesOn.keyword is not a field; the fields are protocol, address, keywords` },
    ],
    [
      'a field beside the lists',
      2,
      '  "version": 1, "customers": [',
      { at: 2, problem: 'version is not a field; the fields are customers, users' },
    ],
    [
      'a field that an object has twice',
      6,
      '      "name": "Demo again",',
      { at: 6, problem: 'name is in the same object twice' },
    ],
    [
      'two customers with the same id',
      31,
      '    { "id": "demo", "name": "Other" }',
      { at: 31, problem: "customers[1].id is already the id of customers[0]: 'demo'" },
    ],
    [
      'two services with the same id',
      19,
      '          "id": " send ",',
      { at: 19, problem: `${info}.id is already the id of ${send}: 'send'` },
    ],
    [
      'two users with the same id',
      38,
      '    }, { "id": "ann", "name": "Ann", "customerIds": [] }',
      { at: 38, problem: "users[1].id is already the id of users[0]: 'ann'" },
    ],
    [
      'an identity that is not a number',
      29,
      '      "whatsappIdentities": ["me"]',
      { at: 29, problem: "'me', a WhatsApp identity of demo, is not a number" },
    ],
    [
      'an identity of two customers',
      31,
      '    { "id": "other", "name": "Other", "whatsappIdentities": ["0401000001"] }',
      { at: 31, problem: 'WhatsApp identity 358401000001 belongs to both demo and other' },
    ],
    [
      'an identity that is listed twice',
      29,
      '      "whatsappIdentities": ["+358 40 100 0001", "0401000001"]',
      { at: 29, problem: 'WhatsApp identity 358401000001 is listed twice for demo' },
    ],
    [
      'a text that is not an address',
      24,
      '            "address": "Arena",',
      { at: 22, problem: "'Arena', on which info receives, is not an address" },
    ],
    [
      'a keyword that is listed twice',
      25,
      '            "keywords": ["Info", "INFO!"]',
      { at: 22, problem: "info and info both claim the keyword 'info' on SMS 16400" },
    ],
  ])('%s', (_, line, text, { at, problem }) => {
    expect(problemsOf(withLine(line, text))).toEqual([`directory.json:${at}: ${problem}`]);
  });

  test.each<[string, string, string]>([
    ['an empty text', '', '1: it is not valid JSON: value expected'],
    ['a word', '\nnonsense', '2: it is not valid JSON: invalid symbol'],
    ['a comma too many', '{\n  "customers": [],\n  "users": [],\n}', '4: it is not valid JSON: property name expected'],
    ['a comma too few', '{\n  "customers": []\n  "users": []\n}', '3: it is not valid JSON: comma expected'],
    ['a comment', '{\n  // ours\n  "customers": [], "users": []\n}', '2: it is not valid JSON: invalid comment token'],
    ['a text that ends too early', '{\n  "customers": [', '2: it is not valid JSON: close bracket expected'],
    ['two values', '{}\n{}', '2: it is not valid JSON: end of file expected'],
  ])('%s is not JSON', (_, text, problem) => {
    expect(problemsOf(text)).toEqual([`directory.json:${problem}`]);
  });

  test.each([
    ['[]', ['directory.json: it is not a JSON object']],
    [
      '{}',
      ['directory.json:1: customers is not a list of objects', 'directory.json:1: users is not a list of objects'],
    ],
    ['{ "customers": [null], "users": [] }', ['directory.json:1: customers is not a list of objects']],
  ])('%s is not a directory', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('all problems are reported, in the order of lines', () => {
    const text = lines
      .join('\n')
      .replace('"region": "FI"', '"region": "X"')
      .replace('["demo"]', '["x"]')
      .replace('"OneWay"', '1');
    expect(problemsOf(text)).toEqual([
      `directory.json:6: ${customer}.region is not a two-letter region`,
      `directory.json:13: ${send}.type is not one of OneWay, TwoWay, Group`,
      "directory.json:37: users[0].customerIds[0] names an unknown customer: 'x'",
    ]);
  });
});
