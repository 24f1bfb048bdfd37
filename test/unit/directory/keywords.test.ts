import { describe, expect, test } from 'vitest';

import { chooseReceiver } from '../../../src/conversations/choose-receiver.ts';
import { firstWord, foldKeyword, isKeyword } from '../../../src/directory/keyword.ts';
import { receivingService } from '../../support/labs/inbound.ts';

const decomposed = (text: string): string => text.normalize('NFD');

describe('a keyword', () => {
  test.each([
    ['letter case', 'Info', 'iNFO'],
    ['letter case of umlauts', 'Käyttö', 'KÄYTTÖ'],
    ['how an umlaut is written', 'Käyttö', decomposed('KÄYTTÖ')],
    ['an umlaut of two characters at the end', 'Hyvä', decomposed('HYVÄ!')],
    ['the sharp s', 'Straße', 'STRASSE'],
    ['the capital sharp s', 'Straße', 'STRAẞE'],
    ['the capital sharp s and two small ones', 'STRAẞE', 'strasse'],
    ['the final sigma', 'ΟΔΟΣ', 'οδος'],
    ['how a letter is written whose capital is three characters', 'ΐ', '\u03AA\u0301'],
    ['the width of letters', 'INFO', 'ｉｎｆｏ'],
    ['signs around it', 'Info', '«¡"Info"!?…»'],
    ['an emoji after it', 'Stop', 'stop🛑'],
    ['an emoji of two characters after it', 'Stop', 'stop\u2764\uFE0F'],
    ['an invisible character after it', 'Stop', 'stop\u200B'],
    ['a mark before it', 'Stop', '\u0308stop'],
    ['a full stop after a number', '1', '1.'],
  ])('is compared without regard to %s', (_, left, right) => {
    expect(foldKeyword(right)).toBe(foldKeyword(left));
    expect(foldKeyword(left)).not.toBe('');
  });

  test.each([
    ['käyttö', 'kaytto'],
    ['info', 'infos'],
    ['info', 'in.fo'],
    ['e\u0301', 'e'],
    ['ж\u0308', 'ж'],
    ['1', '11'],
    ['x\u0308', 'x'],
    ['की', 'क'],
  ])('%s differs from %s', (left, right) => {
    expect(foldKeyword(left)).not.toBe(foldKeyword(right));
  });

  test.each(['', ' ', '!', '👍', '\u0308', '\u200B', '- -'])('can not be %j, which folds to nothing', (text) => {
    expect(foldKeyword(text)).toBe('');
    expect(isKeyword(text)).toBe(false);
  });

  test.each(['Info', ' Info ', 'Käyttö', decomposed('Käyttö'), '1', 'A-B', "don't", 'ご案内'])('can be %j', (text) => {
    expect(isKeyword(text)).toBe(true);
  });

  test.each(['two words', 'two\twords', 'two\u00A0words', '\u00BF ?'])('can not be %j', (text) => {
    expect(isKeyword(text)).toBe(false);
  });
});

describe('the first word of a message', () => {
  test.each([
    ['info', 'info'],
    ['INFO please', 'info'],
    ['  \n\tInfo\nmore', 'info'],
    ['info\u00A0please', 'info'],
    ['\uFEFFinfo', 'info'],
    ['"Info", please', 'info'],
    ['- info', 'info'],
    ['👍 👍 👍 👍 👍 info', 'info'],
    ['info:please', 'info:please'],
    ['123 info', '123'],
    [decomposed('KÄYTTÖ ohje'), 'käyttö'],
    ['℡ info', 'tel'],
    ['', ''],
    [' \n\t ', ''],
    ['?! … 👍', ''],
  ])('of %j is %j', (content, word) => {
    expect(firstWord(content)).toBe(word);
  });

  // A pattern that starts again at each sign would take minutes.
  test.each(['!', '\u0308', '!\u0308', 'a', ' '])(
    'is found within the time limit in a text of a million times %j',
    (sign) => {
      const many = sign.repeat(1_000_000 / sign.length);
      expect(firstWord(`a${many}b c`)).toBe(foldKeyword(sign === ' ' ? 'a' : `a${many}b`));
      expect(firstWord(many)).toBe(sign === 'a' ? many : '');
    },
  );
});

describe('among the services on an address', () => {
  const info = { customerId: 'demo', service: receivingService('info', ['Info', 'Ohje']) };
  const vote = { customerId: 'other', service: receivingService('vote', ['Äänestä']) };
  const rest = { customerId: 'demo', service: receivingService('rest') };
  const all = [rest, info, vote];

  test.each([
    ['INFO', info, 'Info'],
    ['ohje kiitos', info, 'Ohje'],
    [`${decomposed('äänestä')}: 7`, vote, 'Äänestä'],
    ['"info"', info, 'Info'],
  ])('the service whose keyword begins %j gets it', (content, receiver, keyword) => {
    expect(chooseReceiver(all, content)).toEqual({ receiver, keyword });
    expect(chooseReceiver(all.toReversed(), content)).toEqual({ receiver, keyword });
  });

  test.each(['Hei', 'the info', 'infos', 'inf', '', '  ', '👍', '0'])(
    'the service without keywords gets %j',
    (content) => {
      expect(chooseReceiver(all, content)).toEqual({ receiver: rest });
      expect(chooseReceiver(all.toReversed(), content)).toEqual({ receiver: rest });
    },
  );

  test.each(['Hei', '', '👍'])('no service gets %j if all have keywords', (content) => {
    expect(chooseReceiver([info, vote], content)).toBeUndefined();
    expect(chooseReceiver([], content)).toBeUndefined();
  });

  test('a service whose keyword has no letters does not get a message without letters', () => {
    const odd = { customerId: 'demo', service: receivingService('odd', ['!']) };
    expect(chooseReceiver([odd], '?')).toBeUndefined();
    expect(chooseReceiver([odd, rest], '?')).toEqual({ receiver: rest });
  });

  test('a service without an address gets nothing', () => {
    const { receivesOn: _, ...service } = rest.service;
    expect(chooseReceiver([{ customerId: 'demo', service }], 'info')).toBeUndefined();
  });
});
