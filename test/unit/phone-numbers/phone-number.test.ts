import { describe, expect, test } from 'vitest';

import { isPhoneNumberRegion, isShortCode, parsePhoneNumber } from '../../../src/phone-numbers/index.ts';
import { phoneNumberRegions } from '../../../src/phone-numbers/regions.ts';
import { seededRandom } from '../../support/tools/random.ts';

const mobile = { number: '358401234567', region: 'FI' };
const office = { number: '358207434242', region: 'FI' };

describe('Finnish numbers', () => {
  const vectors: [input: string, expected: object][] = [
    ['0207434242', office],
    ['+358 20 743 4242', office],
    ['00358207434242', office],
    ['358207434242', office],
    ['0401234567', mobile],
    ['040 123 4567', mobile],
    ['(040) 123-4567', mobile],
    ['040.123.4567', mobile],
    ['040/123/4567', mobile],
    ['040\u00a0123\u00a04567', mobile],
    ['040\u202f123\u20094567', mobile],
    ['040–123—4567', mobile],
    ['\u202a+358\u00ad401234567\u202c', mobile],
    ['\ufeff0401234567\u200b', mobile],
    ['tel:0401234567', mobile],
    ['tel:+358-40-1234567', mobile],
    ['TEL: +358401234567', mobile],
    ['\n tel:0401234567', mobile],
    ['+358 (0)40 123 4567', mobile],
    ['358 (0)40 123 4567', mobile],
    ['00358 (0) 40 1234567', mobile],
    ['(+358) 40 1234567', mobile],
    ['(0)40 123 4567', mobile],
    [' 0401234567\r\n', mobile],
    ['０４０１２３４５６７', mobile],
    ['＋３５８　４０　１２３　４５６７', mobile],
    ['（０４０）１２３－４５６７', mobile],
    ['٠٤٠١٢٣٤٥٦٧', mobile],
    ['۰۴۰۱۲۳۴۵۶۷', mobile],
    ['401234567', mobile],
    ['00 44 7911 123456', { number: '447911123456', region: 'GG' }],
    ['990 46 70 123 45 67', { number: '46701234567', region: 'SE' }],
    ['999 46 70 123 45 67', { number: '46701234567', region: 'SE' }],
  ];
  test.each(vectors)('%j', (input, expected) => {
    expect(parsePhoneNumber(input, [])).toEqual(expected);
    expect(parsePhoneNumber(input, ['FI'])).toEqual(expected);
  });

  test('the numbers of simulated phones are valid', () => {
    for (let last = 0; last <= 9999; last += 101) {
      const number = `35840123${String(last).padStart(4, '0')}`;
      expect(parsePhoneNumber(number, [])).toEqual({ number, region: 'FI' });
      expect(parsePhoneNumber(`0${number.slice(3)}`, [])).toEqual({ number, region: 'FI' });
    }
  });
});

describe('digits without a prefix', () => {
  test('are an international number if that is valid', () => {
    const numbers = [
      ['46701234567', 'SE'],
      ['14155552671', 'US'],
      ['447911123456', 'GG'],
      ['37251234567', 'EE'],
      ['4520123456', 'DK'],
      ['4740612345', 'NO'],
      ['994501234567', 'AZ'],
    ] as const;
    for (const [number, region] of numbers) {
      expect(parsePhoneNumber(number, [])).toEqual({ number, region });
      expect(parsePhoneNumber(`+${number}`, [])).toEqual({ number, region });
      expect(parsePhoneNumber(`00${number}`, [])).toEqual({ number, region });
    }
    expect(parsePhoneNumber('80012345678', [])).toEqual({ number: '80012345678' });
  });

  test('are a national number if no international number is valid', () => {
    expect(parsePhoneNumber('4512345678', [])).toEqual({ number: '3584512345678', region: 'FI' });
    expect(parsePhoneNumber('4512345678', ['DK'])).toEqual({
      number: '4512345678',
      region: 'DK',
      guessed: true,
    });
    expect(parsePhoneNumber('46701234', [])).toEqual({ number: '35846701234', region: 'FI' });
    expect(parsePhoneNumber('701234567', ['SE'])).toEqual({ number: '46701234567', region: 'SE' });
    expect(parsePhoneNumber('8 916 123-45-67', ['RU'])).toEqual({ number: '79161234567', region: 'RU' });
    expect(parsePhoneNumber('80 29 123-45-67', ['BY'])).toEqual({ number: '375291234567', region: 'BY' });
    expect(parsePhoneNumber('949-5551', ['KY'])).toEqual({ number: '13459495551', region: 'KY' });
  });

  test('are guessed if only the length is possible', () => {
    expect(parsePhoneNumber('7654321', [])).toEqual({ number: '3587654321', region: 'FI', guessed: true });
    expect(parsePhoneNumber('7654321', ['FI', 'SE'])).toEqual({ number: '3587654321', region: 'FI', guessed: true });
    expect(parsePhoneNumber('7654321', ['SE', 'FI'])).toEqual({ number: '467654321', region: 'SE', guessed: true });
    expect(parsePhoneNumber('9999999', [])).toBeUndefined();
    expect(parsePhoneNumber('12345678901234', [])).toBeUndefined();
  });

  test('are not read with an access code of another region', () => {
    // 994 is Azerbaijan, with too many digits. If it were an access code, +35840123456 would be valid and Finnish.
    expect(parsePhoneNumber('99435840123456', [])).toBeUndefined();
    expect(parsePhoneNumber('810358401234567', ['RU'])).toBeUndefined();
  });

  test('have the access codes 990 and 999 only in Finland', () => {
    expect(parsePhoneNumber('99046701234567', ['FI', 'SE'])).toEqual({ number: '46701234567', region: 'SE' });
    expect(parsePhoneNumber('99046701234567', ['SE'])).toBeUndefined();
    expect(parsePhoneNumber('990123', [])).toBeUndefined();
  });
});

describe('regions', () => {
  test('are tried in order', () => {
    const swedish = { number: '46701234567', region: 'SE' };
    expect(parsePhoneNumber('070-123 45 67', ['SE'])).toEqual(swedish);
    expect(parsePhoneNumber('073-123 45 67', ['FI', 'SE'])).toEqual({ number: '46731234567', region: 'SE' });
    expect(parsePhoneNumber('073-123 45 67', ['FI'])).toBeUndefined();
    expect(parsePhoneNumber('701234567', ['FI', 'SE'])).toEqual({ number: '358701234567', region: 'FI' });
    expect(parsePhoneNumber('0401234567', ['FI', 'DE'])).toEqual(mobile);
    expect(parsePhoneNumber('0401234567', ['DE', 'FI'])).toEqual({ number: '49401234567', region: 'DE' });
  });

  test('do not change an international number', () => {
    expect(parsePhoneNumber('+358401234567', ['SE'])).toEqual(mobile);
    expect(parsePhoneNumber('358401234567', ['SE'])).toEqual(mobile);
    expect(parsePhoneNumber('00358401234567', ['US'])).toEqual(mobile);
  });

  test('have their own access codes', () => {
    expect(parsePhoneNumber('011 358 40 1234567', ['US'])).toEqual(mobile);
    expect(parsePhoneNumber('011 358 40 1234567', ['FI'])).toBeUndefined();
  });

  test('are ignored if unknown, and Finland is not used instead', () => {
    for (const region of ['XX', 'fi', '', 'constructor', '__proto__', '001']) {
      expect(parsePhoneNumber('0401234567', [region])).toBeUndefined();
      expect(parsePhoneNumber('7654321', [region])).toBeUndefined();
      expect(parsePhoneNumber('0401234567', [region, 'FI'])).toEqual(mobile);
    }
  });

  test('without a national prefix keep the 0 that is part of a number', () => {
    expect(parsePhoneNumber('06 6982 1234', ['IT'])).toEqual(parsePhoneNumber('+39 06 6982 1234', []));
    expect(parsePhoneNumber('06 6982 1234', ['IT'])?.number).toBe('390669821234');
  });
});

describe('an input that is not a phone number', () => {
  const inputs: [name: string, input: string][] = [
    ['empty', ''],
    ['spaces only', ' \u00a0\t'],
    ['one digit', '5'],
    ['a plus sign', '+'],
    ['two plus signs', '++358401234567'],
    ['a plus sign inside', '358+401234567'],
    ['a zero', '0'],
    ['two zeros', '00'],
    ['zeros', '0000000000'],
    ['an emergency number', '112'],
    ['a short number with 0', '0451'],
    ['a short code', '16400'],
    ['a short code with a space', '16 400'],
    ['a short code of six digits', '164001'],
    ['a short code with a plus sign', '+16400'],
    ['a short code with the country', '+35816400'],
    ['a name', 'SmsSender'],
    ['a word number', '1800FLOWERS'],
    ['an email address', 'a@b.fi'],
    ['a national number that is not valid', '0401'],
    ['a national number that is too long', '040123456789012'],
    ['an international number that is not valid', '+358999999999'],
    ['a country that is not assigned', '+999123456789'],
    ['an extension', '+358401234567 ext. 5'],
    ['a URI with a parameter', 'tel:0401234567;phone-context=+358'],
    ['two numbers', '0401234567, 0401234568'],
    ['separators only', '()-./'],
    ['emoji', '📞0401234567'],
    ['emoji digits', '0️⃣4️⃣0️⃣1234567'],
    ['superscript digits', '⁰⁴⁰1234567'],
    ['NUL', '0401234567\0'],
    ['NUL inside', '040\x001234567'],
    ['a lone surrogate', '0401234567\ud83d'],
    ['sixteen digits', '+3584012345678901'],
    ['sixty-five characters', `${' '.repeat(55)}0401234567`],
    ['a very long number', '0'.repeat(1_000_000)],
    ['very many spaces', ' '.repeat(1_000_000)],
    ['very many plus signs', '+'.repeat(100_000)],
  ];
  test.each(inputs)('%s', (_name, input) => {
    expect(parsePhoneNumber(input, [])).toBeUndefined();
    expect(parsePhoneNumber(input, ['FI', 'SE', 'US'])).toBeUndefined();
  });

  test('inputs of up to sixty-four characters are parsed', () => {
    expect(parsePhoneNumber(`${' '.repeat(54)}0401234567`, [])).toEqual(mobile);
  });

  test('random texts never throw, and a parsed number parses to itself', () => {
    const random = seededRandom(4);
    const alphabet = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '0', '4', '358', '+', ' ', '(', ')', '-', '.'];
    let found = 0;
    for (let made = 0; made < 5000; made += 1) {
      const input = Array.from({ length: random.below(16) }, () => random.pick(alphabet)).join('');
      const parsed = parsePhoneNumber(input, ['FI', 'SE', 'US']);
      if (parsed === undefined || parsed.guessed === true) continue;
      found += 1;
      expect([input, parsePhoneNumber(`+${parsed.number}`, [])]).toEqual([input, parsed]);
      expect([input, parsePhoneNumber(parsed.number, ['SE'])]).toEqual([input, parsed]);
    }
    expect(found).toBeGreaterThan(100);
  });
});

test('isShortCode accepts three to six digits', () => {
  for (const text of ['112', '16400', '164001', '0451']) expect([text, isShortCode(text)]).toEqual([text, true]);
  for (const text of ['', '12', '1640012', '16 400', '+16400', '１６４００', '16400\n', 'abc']) {
    expect([text, isShortCode(text)]).toEqual([text, false]);
  }
});

describe('phoneNumberRegions', () => {
  test('lists Finland first, then the others by their English names', () => {
    const regions = phoneNumberRegions();
    expect(regions.slice(0, 4)).toEqual([
      { value: 'FI', name: 'Finland' },
      { value: 'AF', name: 'Afghanistan' },
      { value: 'AX', name: 'Åland Islands' },
      { value: 'AL', name: 'Albania' },
    ]);
    expect(regions.at(-1)).toEqual({ value: 'ZW', name: 'Zimbabwe' });
    expect(regions.length).toBe(245);
    expect(new Set(regions.map((region) => region.value)).size).toBe(245);
    expect(regions.filter((region) => region.name === region.value)).toEqual([]);
    expect(phoneNumberRegions()).toBe(regions);
  });

  test('lists exactly what isPhoneNumberRegion accepts', () => {
    expect(phoneNumberRegions().every((region) => isPhoneNumberRegion(region.value))).toBe(true);
    for (const value of ['', 'fi', 'XX', 'FIN', '001', 'constructor', '__proto__', 'toString']) {
      expect([value, isPhoneNumberRegion(value)]).toEqual([value, false]);
    }
  });
});
