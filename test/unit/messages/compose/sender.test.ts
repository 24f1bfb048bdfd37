import { describe, expect, test } from 'vitest';
import { parseSender, senderAllowed } from '../../../../src/messages/compose/sender.ts';

const alphanumeric = (sender: string) => ({ kind: 'alphanumeric', sender }) as const;
const shortCode = (sender: string) => ({ kind: 'shortCode', sender }) as const;
const longCode = (sender: string) => ({ kind: 'longCode', sender }) as const;

describe('parseSender', () => {
  test('reads names', () => {
    const names = [
      'A',
      'SmsSender',
      'Arena',
      'ABCDEFGHIJK',
      'H&M',
      '24h Huolto',
      'a.b_c-d',
      'Pääkirjasto',
      'ΔΩ',
      '1a',
      'e€',
    ];
    for (const name of names) expect(parseSender(name)).toEqual(alphanumeric(name));
    expect(parseSender('  Arena ')).toEqual(alphanumeric('Arena'));
    expect(parseSender('Cafe\u0301')).toEqual(alphanumeric('Café'));
    expect(parseSender('abcdefghi€')).toEqual(alphanumeric('abcdefghi€'));
    expect(parseSender('tel:+35840')).toEqual(alphanumeric('tel:+35840'));
  });

  test('reads short codes', () => {
    for (const code of ['112', '1640', '16400', '164001', '000']) expect(parseSender(code)).toEqual(shortCode(code));
    expect(parseSender(' 16400 ')).toEqual(shortCode('16400'));
  });

  test('reads long codes as digits in international form', () => {
    for (const number of ['0207434242', '+358 20 743 4242', '00358207434242', '358207434242', 'tel:+358207434242']) {
      expect(parseSender(number)).toEqual(longCode('358207434242'));
    }
    expect(parseSender('46701234567')).toEqual(longCode('46701234567'));
    expect(parseSender('070-123 45 67', ['SE'])).toEqual(longCode('46701234567'));
  });

  test('refuses a text that can not be a sender', () => {
    const senders = [
      ['empty', ''],
      ['blank', '   '],
      ['no letter', '&-.'],
      ['two digits', '12'],
      ['a number of no region', '1234567'],
      ['a number that could only be guessed', '7654321'],
      ['a number too long', '358401234567890123'],
      ['twelve characters', 'ABCDEFGHIJKL'],
      ['twelve septets', 'abcdefghij€'],
      ['not GSM', 'Šiauliai'],
      ['not GSM either', 'Смс'],
      ['emoji', 'a😀'],
      ['line feed', 'a\nb'],
      ['carriage return', 'a\rb'],
      ['form feed', 'a\fb'],
      ['NUL', 'a\0b'],
      ['long', 'a'.repeat(100_000)],
      ['letters and a long number', '+358401234567x'],
    ] as const;
    for (const [name, sender] of senders) expect([name, parseSender(sender)]).toEqual([name, undefined]);
  });
});

describe('senderAllowed', () => {
  const allowed = ['Arena', 'Pääkirjasto', '16400', '+358 20 743 4242', '040 123 4567', '', 'not a sender at all'];

  test('compares names without regard to letter case', () => {
    for (const name of ['Arena', 'ARENA', 'arena', 'pääKIRJASTO']) {
      expect([name, senderAllowed(alphanumeric(name), allowed)]).toEqual([name, true]);
    }
    for (const name of ['Aren', 'Arenaa', 'Areena', 'Paakirjasto']) {
      expect([name, senderAllowed(alphanumeric(name), allowed)]).toEqual([name, false]);
    }
  });

  test('compares short codes exactly', () => {
    expect(senderAllowed(shortCode('16400'), allowed)).toBe(true);
    expect(senderAllowed(shortCode('1640'), allowed)).toBe(false);
    expect(senderAllowed(shortCode('164000'), allowed)).toBe(false);
  });

  test('compares long codes as international digits', () => {
    expect(senderAllowed(longCode('358207434242'), allowed)).toBe(true);
    expect(senderAllowed(longCode('358401234567'), allowed)).toBe(true);
    expect(senderAllowed(longCode('358401234568'), allowed)).toBe(false);
    expect(senderAllowed(longCode('46701234567'), ['070-123 45 67'], ['SE'])).toBe(true);
    expect(senderAllowed(longCode('46701234567'), ['070-123 45 67'])).toBe(false);
  });

  test('compares the kind too; an empty list allows no sender', () => {
    expect(senderAllowed(alphanumeric('16400'), allowed)).toBe(false);
    expect(senderAllowed(alphanumeric('Arena'), [])).toBe(false);
  });
});
