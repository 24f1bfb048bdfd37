import { describe, expect, test } from 'vitest';

import { prepareContactChanges, prepareNewContact, preparePhone } from '../../../src/contacts/prepare-contact.ts';
import type { Problem } from '../../../src/operation/errors.ts';

const now = new Date('2026-11-23T10:00:00.000Z');
const phone = '+358 40 123 0001';

const create = (fields: Record<string, unknown>) => prepareNewContact({ body: { phone, ...fields }, now });
const change = (body: unknown, path = phone) => prepareContactChanges({ body, now, parameters: { Phone: path } });
const summaries = (problems: readonly Problem[]): string[] =>
  problems.map(({ code, target, message }) => `${code} ${target}: ${message.split(/\.(?: |$)/)[0]}`);

describe('a new contact', () => {
  test('has its number as digits, is active, and has no details', () => {
    expect(create({})).toEqual({
      problems: [],
      prepared: { phone: '358401230001', active: true, customContactProperties: [] },
    });
  });

  test('has trimmed texts, and its country code in upper case', () => {
    const { problems, prepared } = create({
      active: false,
      email: ' aino@example.fi ',
      firstName: ' Aino\t',
      lastName: 'von  Essen',
      gender: 'Female',
      birthYear: 1900,
      streetAddress: ' Katu 1\nA 2 ',
      zipCode: '00100 ',
      city: 'Oulu',
      countryCode: ' fin',
      customContactProperties: [{ name: ' size ', value: ' 38 ' }, { name: 'empty' }],
    });
    expect(problems).toEqual([]);
    expect(prepared).toEqual({
      phone: '358401230001',
      active: false,
      email: 'aino@example.fi',
      firstName: 'Aino',
      lastName: 'von  Essen',
      gender: 'Female',
      birthYear: 1900,
      streetAddress: 'Katu 1\nA 2',
      zipCode: '00100',
      city: 'Oulu',
      countryCode: 'FIN',
      customContactProperties: [
        { name: 'size', value: ' 38 ' },
        { name: 'empty', value: '' },
      ],
    });
  });

  test('drops texts of only whitespace', () => {
    const blanks = Object.fromEntries(['email', 'firstName', 'city', 'countryCode'].map((name) => [name, ' \n']));
    expect(create(blanks)).toEqual(create({}));
  });

  test.each([
    ['0401230001', [], '358401230001'],
    ['358401230001', undefined, '358401230001'],
    ['07400123456', ['GB'], '447400123456'],
    ['07400123456', ['fi', ' gb '], '447400123456'],
    ['0401230001', ['SE', 'FI'], '46401230001'],
    ['0401230001', ['FI', 'SE'], '358401230001'],
    ['040/123-0001', ['FI'], '358401230001'],
  ])('reads the number %s in the regions %j as %s', (written, phoneNumberRegions, expected) => {
    const { problems, prepared } = create({ phone: written, phoneNumberRegions });
    expect([problems, prepared.phone]).toEqual([[], expected]);
  });

  test('reports an invalid number, but only the region if that is unknown', () => {
    expect(summaries(create({ phone: 'hello' }).problems)).toEqual([
      'InvalidPhoneNumber phone: phone is not a phone number',
    ]);
    expect(
      summaries(create({ phone: '07400123456', phoneNumberRegions: ['FI', 'XX', '', 'Sweden'] }).problems),
    ).toEqual(
      [1, 2, 3].map(
        (index) =>
          `InvalidField phoneNumberRegions[${index}]: phoneNumberRegions[${index}] must be a region from the list, for example FI`,
      ),
    );
  });

  test.each([
    [1899, ['InvalidField birthYear: birthYear must be a year from 1900 to 2026']],
    [1900, []],
    [2026, []],
    [2027, ['InvalidField birthYear: birthYear must be a year from 1900 to 2026']],
    [-1, ['InvalidField birthYear: birthYear must be a year from 1900 to 2026']],
    [0, ['InvalidField birthYear: birthYear must be a year from 1900 to 2026']],
    // The schema refuses these.
    [1980.5, []],
    [2 ** 31, []],
    ['1980', []],
  ])('checks the birth year %j', (birthYear, expected) => {
    expect(summaries(create({ birthYear }).problems)).toEqual(expected);
  });

  test('requires unique names of custom properties', () => {
    const customContactProperties = [
      { name: 'a', value: '1' },
      { name: ' a', value: '2' },
      { name: 'A', value: '3' },
      { value: '4' },
      { name: '  ' },
      { name: 'a' },
      { name: 'constructor', value: '5' },
    ];
    expect(summaries(create({ customContactProperties }).problems)).toEqual([
      'InvalidField customContactProperties[1].name: customContactProperties[1].name repeats the name of customContactProperties[0]',
      'MissingField customContactProperties[3].name: customContactProperties[3].name is required and must not be empty',
      'MissingField customContactProperties[4].name: customContactProperties[4].name is required and must not be empty',
      'InvalidField customContactProperties[5].name: customContactProperties[5].name repeats the name of customContactProperties[0]',
    ]);
  });

  test('refuses control characters anywhere, except tabs and line breaks', () => {
    const { problems } = create({
      firstName: 'a\u0007',
      city: 'a\tb\r\nc',
      customContactProperties: [{ name: 'a\u001b', value: 'b\u007f' }],
    });
    expect(summaries(problems)).toEqual([
      'InvalidCharacters firstName: firstName contains a control character, which cannot be stored or sent',
      'InvalidCharacters customContactProperties[0].name: customContactProperties[0].name contains a control character, which cannot be stored or sent',
      'InvalidCharacters customContactProperties[0].value: customContactProperties[0].value contains a control character, which cannot be stored or sent',
    ]);
  });

  test('ignores what the schema refuses', () => {
    const texts = ['email', 'firstName', 'lastName', 'gender', 'streetAddress', 'zipCode', 'city', 'countryCode'];
    const lists = ['customContactProperties', 'phoneNumberRegions', 'fieldsToClear'];
    const errors: [names: string[], values: unknown[]][] = [
      [
        [...texts, 'phone'],
        [7, true, {}, [], ['x']],
      ],
      [['gender'], ['male', 'x']],
      [['birthYear'], [true, {}, [], '1980', 1980.5, Number.NaN]],
      [['active'], [7, 'true', {}, []]],
      [lists, [7, true, 'x', {}, [null], [7], Array.from({ length: 100_000 }, () => ''), [{ name: 7, value: 7 }]]],
    ];
    for (const [names, values] of errors) {
      for (const field of names.flatMap((name) => values.map((value) => ({ [name]: value })))) {
        expect([field, summaries(create(field).problems)]).toEqual([field, []]);
        expect([field, summaries(change(field).problems)]).toEqual([field, []]);
      }
    }
    for (const body of [null, undefined, 7, 'x', [], [{ phone: 'x' }]]) {
      expect(prepareNewContact({ body, now }).problems).toEqual([]);
      expect(change(body).problems).toEqual([]);
    }
  });
});

describe('changes', () => {
  test('have the fields of the body, and the number in the path', () => {
    expect(change({})).toEqual({ problems: [], prepared: { phone: '358401230001', changes: {} } });
    expect(change({ active: true, city: 'Oulu', email: ' ', phone: '1' })).toEqual({
      problems: [],
      prepared: { phone: '358401230001', changes: { active: true, city: 'Oulu' } },
    });
    expect(change({ active: false, customContactProperties: [] })).toEqual({
      problems: [],
      prepared: { phone: '358401230001', changes: { active: false, customContactProperties: [] } },
    });
  });

  test('read the path’s number in the body’s regions', () => {
    expect(change({ phoneNumberRegions: ['GB'] }, '07400123456').prepared.phone).toBe('447400123456');
    expect(summaries(change({}, 'hello').problems)).toEqual(['InvalidPhoneNumber Phone: Phone is not a phone number']);
  });

  test('empty the fields in fieldsToClear', () => {
    const fieldsToClear = ['email', 'gender', 'birthYear', 'customContactProperties', 'email'];
    expect(change({ city: 'Oulu', email: ' ', customContactProperties: [], fieldsToClear })).toEqual({
      problems: [],
      prepared: {
        phone: '358401230001',
        changes: { city: 'Oulu', email: null, gender: null, birthYear: null, customContactProperties: [] },
      },
    });
  });

  test('must not empty a field and set it as well', () => {
    const fieldsToClear = ['city', 'birthYear', 'customContactProperties'];
    const { problems } = change({
      city: 'Oulu',
      birthYear: 1980,
      customContactProperties: [{ name: 'a', value: 'b' }],
      fieldsToClear,
    });
    expect(summaries(problems)).toEqual(
      fieldsToClear.map(
        (name, index) =>
          `InvalidField fieldsToClear[${index}]: fieldsToClear[${index}] names ${name}, which this request also sets`,
      ),
    );
  });
});

describe('a number in a path', () => {
  test.each([
    ['0401230001', undefined, '358401230001'],
    ['07400123456', 'GB', '447400123456'],
    ['07400123456', 'gb', '447400123456'],
  ])('%s in the region %s is read as %s', (written, region, expected) => {
    expect(preparePhone(written, region)).toEqual({ problems: [], prepared: { phone: expected } });
  });

  test.each([
    ['hello', undefined, 'InvalidPhoneNumber Phone: Phone is not a phone number'],
    ['07400123456', 'FI', 'InvalidPhoneNumber Phone: Phone is not a phone number'],
    ['07400123456', 'XX', 'InvalidParameter Region: Region must be a region from the list, for example FI'],
  ])('%s in the region %s is refused', (written, region, expected) => {
    expect(summaries(preparePhone(written, region).problems)).toEqual([expected]);
  });
});
