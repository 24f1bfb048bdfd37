import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ErrorBody } from '../../src/operation/errors.ts';
import type { ApiAnswer } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';

let local: CountedHost;
beforeAll(async () => {
  local = await startCountedHost();
});
afterAll(() => local.stop());

const group = '/groupcontact/demo/demo-group';
const phone = '358401230001';

/** One request; default content type: JSON. */
interface Row {
  method: string;
  path: string;
  body?: string;
  contentType?: string;
}

type Expected = [status: number, code: string, target: string | undefined, message: RegExp];

function send({ method, path, body, contentType = 'application/json' }: Row): Promise<ApiAnswer> {
  const headers = { 'Content-Type': contentType };
  return local.api.call(path, { method, headers, ...(body === undefined ? {} : { body }) });
}

/** Lists the operations that read from tables, wrote or queued. Omits the host's own polling and creation of queues. */
function touched(): string[] {
  const own = local.storage.operations().filter(({ service, method }) => service === 'table' || method === 'POST');
  return own.map(({ method, path }) => `${method} ${path}`);
}

/** Sends a request; resolves to its answer and its storage operations. */
async function outcomeOf(row: Row) {
  local.storage.reset();
  const { status, body } = await send(row);
  const { error, message } = body as ErrorBody;
  return {
    status,
    code: error.code,
    target: error.target,
    problems: error.details?.length,
    messages: [error.message, message],
    unfilled: /[{}]/.test(message),
    storage: touched(),
  };
}

/** Returns the outcome of a request that is refused for one reason. */
function refusal([status, code, target, sentence]: Expected) {
  const message = expect.stringMatching(sentence) as string;
  const problems = target === undefined ? undefined : 1;
  return { status, code, target, problems, messages: [message, message], unfilled: false, storage: [] };
}

const create = (fields: Record<string, unknown>): Row => ({
  method: 'POST',
  path: group,
  body: JSON.stringify({ phone, ...fields }),
});
const update = (fields: Record<string, unknown>): Row => ({
  method: 'PUT',
  path: `${group}/${phone}`,
  body: JSON.stringify(fields),
});

const long = (length: number): string => 'x'.repeat(length);
const property = (fields: unknown) => ({ customContactProperties: [{ name: 'a', value: '1' }, fields] });
const second = (field: string): string => `customContactProperties[1].${field}`;

/** Invalid values for fields that both bodies have, and the expected refusals. */
const fields: [name: string, fields: Record<string, unknown>, expected: Expected][] = [
  ['a text as flag', { active: 'true' }, [400, 'InvalidField', 'active', /active must be true or false/]],
  ['a number as flag', { active: 1 }, [400, 'InvalidField', 'active', /must be true or false/]],

  ['a number as email', { email: 7 }, [400, 'InvalidField', 'email', /email must be text/]],
  ['a list as email', { email: ['a@example.fi'] }, [400, 'InvalidField', 'email', /must be text/]],
  ['a word as email', { email: 'aino' }, [400, 'InvalidField', 'email', /email is not an email address/]],
  ['an email without domain', { email: 'aino@' }, [400, 'InvalidField', 'email', /not an email address/]],
  ['an email without dot', { email: 'aino@example' }, [400, 'InvalidField', 'email', /not an email address/]],
  ['two emails', { email: 'a@example.fi;b@example.fi' }, [400, 'InvalidField', 'email', /not an email address/]],
  ['an email with a name', { email: 'A <a@example.fi>' }, [400, 'InvalidField', 'email', /not an email address/]],
  ['an email of 255', { email: `${long(64)}@${long(187)}.fi` }, [400, 'InvalidField', 'email', /at most 254/]],
  ['an email that only seems short', { email: `${long(63)}@${long(64)}.fi` }, [400, 'InvalidField', 'email', /not an/]],

  ['a number as first name', { firstName: 7 }, [400, 'InvalidField', 'firstName', /must be text/]],
  ['a first name of 101', { firstName: long(101) }, [400, 'InvalidField', 'firstName', /at most 100 characters/]],
  ['NUL in a first name', { firstName: 'a\0' }, [400, 'InvalidCharacters', 'firstName', /NUL/]],
  ['a bell in a first name', { firstName: 'a\u0007' }, [400, 'InvalidCharacters', 'firstName', /control character/]],
  ['an object as last name', { lastName: {} }, [400, 'InvalidField', 'lastName', /must be text/]],
  ['a last name of 101', { lastName: long(101) }, [400, 'InvalidField', 'lastName', /at most 100 characters/]],

  ['an unknown gender', { gender: 'Unknown' }, [400, 'InvalidField', 'gender', /one of Male, Female, Other/]],
  ['a gender in small letters', { gender: 'female' }, [400, 'InvalidField', 'gender', /one of Male, Female, Other/]],
  ['a blank gender', { gender: ' ' }, [400, 'InvalidField', 'gender', /one of/]],
  ['a number as gender', { gender: 1 }, [400, 'InvalidField', 'gender', /must be text/]],

  ['a text as birth year', { birthYear: '1980' }, [400, 'InvalidField', 'birthYear', /must be a whole number/]],
  ['half a year', { birthYear: 1980.5 }, [400, 'InvalidField', 'birthYear', /must be a whole number/]],
  ['1899', { birthYear: 1899 }, [400, 'InvalidField', 'birthYear', /must be a year from 1900 to 20\d\d/]],
  [
    'next year',
    { birthYear: new Date().getUTCFullYear() + 1 },
    [400, 'InvalidField', 'birthYear', /must be a year from 1900 to 20\d\d/],
  ],
  ['the year 0', { birthYear: 0 }, [400, 'InvalidField', 'birthYear', /must be a year from 1900/]],
  ['a year below 0', { birthYear: -1980 }, [400, 'InvalidField', 'birthYear', /must be a year from 1900/]],
  ['a year over 32 bits', { birthYear: 2 ** 31 }, [400, 'InvalidField', 'birthYear', /from -2147483648 to 2147483647/]],

  ['a number as street', { streetAddress: 1 }, [400, 'InvalidField', 'streetAddress', /must be text/]],
  ['a street of 201', { streetAddress: long(201) }, [400, 'InvalidField', 'streetAddress', /at most 200 characters/]],
  ['a number as zip code', { zipCode: 100 }, [400, 'InvalidField', 'zipCode', /must be text/]],
  ['a zip code of 21', { zipCode: long(21) }, [400, 'InvalidField', 'zipCode', /at most 20 characters/]],
  ['a flag as city', { city: true }, [400, 'InvalidField', 'city', /must be text/]],
  ['a city of 101', { city: long(101) }, [400, 'InvalidField', 'city', /at most 100 characters/]],

  ['a number as country', { countryCode: 246 }, [400, 'InvalidField', 'countryCode', /must be text/]],
  ['two letters as country', { countryCode: 'FI' }, [400, 'InvalidField', 'countryCode', /ISO 3166, for example FIN/]],
  ['no country’s letters', { countryCode: 'XXX' }, [400, 'InvalidField', 'countryCode', /three-letter country code/]],
  ['a name as country', { countryCode: 'Finland' }, [400, 'InvalidField', 'countryCode', /three-letter country code/]],

  [
    'custom properties as an object',
    { customContactProperties: { a: '1' } },
    [400, 'InvalidField', 'customContactProperties', /must be a list/],
  ],
  [
    'custom properties as text',
    { customContactProperties: 'a=1' },
    [400, 'InvalidField', 'customContactProperties', /must be a list/],
  ],
  [
    '101 custom properties',
    { customContactProperties: Array.from({ length: 101 }, (_, index) => ({ name: `n${index}` })) },
    [400, 'InvalidField', 'customContactProperties', /at most 100 entries/],
  ],
  ['a text as property', property('b'), [400, 'InvalidField', 'customContactProperties[1]', /must be an object/]],
  ['a null as property', property(null), [400, 'InvalidField', 'customContactProperties[1]', /must be an object/]],
  ['a property without name', property({ value: '2' }), [400, 'MissingField', second('name'), /is required/]],
  ['a property with an empty name', property({ name: '' }), [400, 'MissingField', second('name'), /is required/]],
  ['a property with a blank name', property({ name: ' ' }), [400, 'MissingField', second('name'), /is required/]],
  ['a property with the name null', property({ name: null }), [400, 'MissingField', second('name'), /is required/]],
  ['a number as property name', property({ name: 1 }), [400, 'InvalidField', second('name'), /must be text/]],
  ['a property name of 101', property({ name: long(101) }), [400, 'InvalidField', second('name'), /at most 100/]],
  ['a property name that repeats', property({ name: 'a' }), [400, 'InvalidField', second('name'), /repeats the name/]],
  [
    'a property name that repeats but for blanks',
    property({ name: ' a ' }),
    [400, 'InvalidField', second('name'), /repeats the name of customContactProperties\[0\]/],
  ],
  ['an escape in a property name', property({ name: '\u001b' }), [400, 'InvalidCharacters', second('name'), /control/]],
  ['a number as property value', property({ name: 'b', value: 1 }), [400, 'InvalidField', second('value'), /be text/]],
  [
    'a property value of 1,001',
    property({ name: 'b', value: long(1_001) }),
    [400, 'InvalidField', second('value'), /at most 1000 characters/],
  ],
  [
    'a property value of 64 KiB',
    property({ name: 'b', value: long(65_536) }),
    [400, 'InvalidField', second('value'), /at most 1000 characters/],
  ],
  ['NUL in a property value', property({ name: 'b', value: '\0' }), [400, 'InvalidCharacters', second('value'), /NUL/]],

  ['regions as text', { phoneNumberRegions: 'FI' }, [400, 'InvalidField', 'phoneNumberRegions', /must be a list/]],
  ['a number as region', { phoneNumberRegions: [358] }, [400, 'InvalidField', 'phoneNumberRegions[0]', /be text/]],
  [
    'an unknown region',
    { phoneNumberRegions: ['FI', 'XX'] },
    [400, 'InvalidField', 'phoneNumberRegions[1]', /must be a region/],
  ],
  ['a name as region', { phoneNumberRegions: ['Finland'] }, [400, 'InvalidField', 'phoneNumberRegions[0]', /region/]],
  ['an empty region', { phoneNumberRegions: [''] }, [400, 'InvalidField', 'phoneNumberRegions[0]', /region/]],
  [
    '301 regions',
    { phoneNumberRegions: Array.from({ length: 301 }, () => 'FI') },
    [400, 'InvalidField', 'phoneNumberRegions', /at most 300 entries/],
  ],
];

describe('a field of a new contact', () => {
  test.each(fields)('%s', async (_, given, expected) =>
    expect(await outcomeOf(create(given))).toEqual(refusal(expected)),
  );

  const numbers: [name: string, fields: Record<string, unknown>, expected: Expected][] = [
    ['no number', { phone: undefined }, [400, 'MissingField', 'phone', /phone is required/]],
    ['an empty number', { phone: '' }, [400, 'MissingField', 'phone', /phone is required/]],
    ['null as number', { phone: null }, [400, 'MissingField', 'phone', /phone is required/]],
    ['a number that is not a text', { phone: 358401230001 }, [400, 'InvalidField', 'phone', /must be text/]],
    ...[' ', 'hello', '12', '16400', '112', '+358', '+999123456789', '358401230001358401230001', "'; drop"].map(
      (text): [string, Record<string, unknown>, Expected] => [
        `number ${text}`,
        { phone: text },
        [400, 'InvalidPhoneNumber', 'phone', /not a phone number.*358401234567/],
      ],
    ),
    [
      'a national number of another region',
      { phone: '07400123456', phoneNumberRegions: ['FI', 'SE'] },
      [400, 'InvalidPhoneNumber', 'phone', /not a phone number/],
    ],
  ];
  test.each(numbers)('%s', async (_, given, expected) =>
    expect(await outcomeOf(create(given))).toEqual(refusal(expected)),
  );
});

describe('a field of an update', () => {
  test.each(fields)('%s', async (_, given, expected) =>
    expect(await outcomeOf(update(given))).toEqual(refusal(expected)),
  );

  const cleared: [name: string, fields: Record<string, unknown>, expected: Expected][] = [
    ['a text', { fieldsToClear: 'email' }, [400, 'InvalidField', 'fieldsToClear', /must be a list/]],
    ['a number', { fieldsToClear: [7] }, [400, 'InvalidField', 'fieldsToClear[0]', /must be text/]],
    ['null', { fieldsToClear: [null] }, [400, 'InvalidField', 'fieldsToClear[0]', /must be text/]],
    ['the number', { fieldsToClear: ['phone'] }, [400, 'InvalidField', 'fieldsToClear[0]', /one of email/]],
    ['active', { fieldsToClear: ['city', 'active'] }, [400, 'InvalidField', 'fieldsToClear[1]', /one of email/]],
    ['eleven', { fieldsToClear: Array(11).fill('city') }, [400, 'InvalidField', 'fieldsToClear', /at most 10 entries/]],
    [
      'one that has a value',
      { city: 'Oulu', fieldsToClear: ['city'] },
      [400, 'InvalidField', 'fieldsToClear[0]', /names city, which this request also sets/],
    ],
  ];
  test.each(cleared)('fields to clear: %s', async (_, given, expected) =>
    expect(await outcomeOf(update(given))).toEqual(refusal(expected)),
  );
});

describe('a body as a whole', () => {
  const bodies: [name: string, row: Pick<Row, 'body' | 'contentType'>, expected: Expected][] = [
    ['no JSON', { body: '{"phone": ' }, [400, 'InvalidJson', undefined, /not valid JSON/]],
    ['nothing', { body: '' }, [400, 'InvalidJson', undefined, /it is empty/]],
    ['a list', { body: '[]' }, [400, 'InvalidField', 'the body', /must be an object/]],
    ['null', { body: 'null' }, [400, 'InvalidField', 'the body', /must be an object/]],
    [
      'a form',
      { body: 'phone=1', contentType: 'application/x-www-form-urlencoded' },
      [415, 'UnsupportedContentType', undefined, /application\/json/],
    ],
    [
      'over 4 MB',
      { body: JSON.stringify({ phone, note: long(4 * 1024 * 1024) }) },
      [413, 'BodyTooLarge', undefined, /larger than 4194304 bytes/],
    ],
  ];
  test.each(bodies)('of a new contact: %s', async (_, row, expected) =>
    expect(await outcomeOf({ method: 'POST', path: group, ...row })).toEqual(refusal(expected)),
  );
  test.each(bodies)('of an update: %s', async (_, row, expected) =>
    expect(await outcomeOf({ method: 'PUT', path: `${group}/${phone}`, ...row })).toEqual(refusal(expected)),
  );
});

const operations: [name: string, request: (path: string) => Row][] = [
  ['create', (path) => ({ method: 'POST', path, body: JSON.stringify({ phone }) })],
  ['get', (path) => ({ method: 'GET', path: `${path}/${phone}` })],
  ['update', (path) => ({ method: 'PUT', path: `${path}/${phone}`, body: '{}' })],
  ['delete', (path) => ({ method: 'DELETE', path: `${path}/${phone}` })],
  ['delete all', (path) => ({ method: 'DELETE', path })],
];

describe.each(operations)('customer and service: %s', (_, request) => {
  const places: [place: string, expected: Expected][] = [
    ['nobody/demo-group', [403, 'CustomerNotAssigned', 'Customer', /assigned/]],
    ['other/other-group', [403, 'CustomerNotAssigned', 'Customer', /assigned/]],
    ['DEMO/demo-group', [403, 'CustomerNotAssigned', 'Customer', /assigned/]],
    ['%20/demo-group', [400, 'MissingParameter', 'Customer', /^Customer is empty\./]],
    ['demo/nothing', [404, 'ServiceNotFound', 'Group Service', /Verify the service id/]],
    ['demo/other-group', [404, 'ServiceNotFound', 'Group Service', /another company/]],
    ['demo/demo-oneway', [400, 'WrongServiceType', 'Group Service', /OneWay.*Group/]],
    ['demo/demo-twoway', [400, 'WrongServiceType', 'Group Service', /TwoWay.*Group/]],
    ['demo/%20', [400, 'MissingParameter', 'Group Service', /^Group Service is empty\./]],
    ['demo/demo-group%00', [400, 'InvalidCharacters', 'Group Service', /NUL/]],
  ];
  test.each(places)('%s', async (place, expected) =>
    expect(await outcomeOf(request(`/groupcontact/${place}`))).toEqual(refusal(expected)),
  );
});

describe.each(operations.slice(1, 4))('a number in a path: %s', (_, request) => {
  const paths: [number: string, expected: Expected][] = [
    ...['hello', '12', '16400', '%2B', '358401230001358401230001', '%F0%9F%92%AC', '07400123456', '..%2Fother'].map(
      (text): [string, Expected] => [text, [400, 'InvalidPhoneNumber', 'Phone', /not a phone number/]],
    ),
    ['%20', [400, 'MissingParameter', 'Phone', /^Phone is empty\./]],
    ['%00', [400, 'InvalidCharacters', 'Phone', /NUL/]],
  ];
  test.each(paths)('%s', async (number, expected) => {
    const outcome = await outcomeOf({ ...request(group), path: `${group}/${number}` });
    expect(outcome).toEqual(refusal(expected));
  });
});

test.each([
  ['XX', 'InvalidParameter', /^Region must be a region from the list/],
  ['Finland', 'InvalidParameter', /must be a region/],
  ['358', 'InvalidParameter', /must be a region/],
  ['FI,SE', 'InvalidParameter', /must be a region/],
  ['%00', 'InvalidCharacters', /Region contains a NUL/],
])('region %s', async (region, code, sentence) => {
  const outcome = await outcomeOf({ method: 'GET', path: `${group}/${phone}?Region=${region}` });
  expect(outcome).toEqual(refusal([400, code, 'Region', sentence]));
});

test('one answer names all problems', async () => {
  local.storage.reset();
  const answer = await send(
    create({
      phone: 'hello',
      email: 'aino',
      birthYear: 1,
      city: 7,
      countryCode: 'fi',
      customContactProperties: [{ name: 'a' }, { name: 'a', value: 7 }, {}],
    }),
  );
  expect(answer.status).toBe(400);
  const { error } = answer.body as ErrorBody;
  expect(error.details?.map(({ code, target }) => `${code} ${target}`).sort()).toEqual([
    'InvalidField birthYear',
    'InvalidField city',
    'InvalidField countryCode',
    'InvalidField customContactProperties[1].name',
    'InvalidField customContactProperties[1].value',
    'InvalidField email',
    'InvalidPhoneNumber phone',
    'MissingField customContactProperties[2].name',
  ]);
  expect(error.message).toMatch(/7 more problems/);
  expect(touched()).toEqual([]);
});

test.each(operations)('refuses a call without a token, and touches no storage: %s', async (_, request) => {
  const { method, path, body } = request(group);
  local.storage.reset();
  const answer = await local.api.call(path, {
    method,
    headers: { Authorization: '', 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  expect([answer.status, (answer.body as ErrorBody).error.code]).toEqual([401, 'Unauthenticated']);
  expect(touched()).toEqual([]);
});

test('the valid requests of these tables are accepted', async () => {
  const statuses = [];
  for (const [, request] of operations) {
    statuses.push((await send(request(group))).status);
  }
  expect(statuses).toEqual(operations.map(() => 200));
});
