import { describe, expect, test } from 'vitest';

import { categoryNames, readCategory } from '../../../src/templates/categories.ts';
import { isLanguageCode } from '../../../src/templates/language.ts';
import {
  countPlaceholders,
  fillPlaceholders,
  numberingProblem,
  placingProblem,
} from '../../../src/templates/placeholders.ts';
import { templateName } from '../../../src/templates/template-name.ts';
import { headerKindOf, mediaKindOf } from '../../../src/templates/template.ts';

describe('templateName', () => {
  test.each([
    ['Order ready', 'order_ready'],
    ['  Order -- READY!  ', 'order_ready'],
    ['Määräpäivä nro 5: Åbo', 'maarapaiva_nro_5_abo'],
    ['Straße & Œuvre', 'strasse_oeuvre'],
    ['Smørrebrød, Łódź, Þór, Iğdır', 'smorrebrod_lodz_thor_igdir'],
    ['ÅÄÖ ẞ Æ Ø', 'aao_ss_ae_o'],
    ['Ａ１ №½ ﬁ', 'a1_no1_2_fi'],
    ['order_ready_2', 'order_ready_2'],
    ['🎉 Sale 🎉', 'sale'],
    ['1', '1'],
  ])('turns %s into %s', (displayName, name) => {
    expect(templateName(displayName)).toBe(name);
  });

  test.each(['', '   ', '!!!', '🎉', 'Заказ', '日本語', 'Order 日本', 'Счёт 5', 'Τιμή', '٥'])(
    'returns undefined for %j',
    (displayName) => {
      expect(templateName(displayName)).toBeUndefined();
    },
  );

  test('stays within WhatsApp’s limit', () => {
    expect(templateName('ß'.repeat(100))).toBe('ss'.repeat(100));
  });
});

describe('categories', () => {
  test('have names for makers, which can be read back', () => {
    expect(categoryNames).toEqual(['Marketing', 'Utility', 'Authentication']);
    expect(categoryNames.map(readCategory)).toEqual(['MARKETING', 'UTILITY', 'AUTHENTICATION']);
  });

  test.each(['MARKETING', 'marketing', 'Marketing', ' marketing '])('%s is MARKETING', (text) => {
    expect(readCategory(text)).toBe('MARKETING');
  });

  test.each([
    'Account Update',
    'Alert Update',
    'Appointment Update',
    'Issue Resolution',
    'Payment Update',
    'Personal Finance Update',
    'Reservation Update',
    'Shipping Update',
    'Ticket Update',
    'Transportation Update',
    'SHIPPING_UPDATE',
    'shipping  update',
  ])('%s is UTILITY', (text) => {
    expect(readCategory(text)).toBe('UTILITY');
  });

  test.each(['', 'Auto Reply', 'Update', 'constructor', 'Marketing Update'])('%j is not a category', (text) => {
    expect(readCategory(text)).toBeUndefined();
  });
});

describe('languages', () => {
  test.each(['en', 'fi', 'sv', 'et', 'se', 'tl', 'no', 'nb', 'zh', 'he', 'id', 'yi'])('%s is a language', (code) => {
    expect(isLanguageCode(code)).toBe(true);
  });

  test.each(['', 'e', 'xx', 'EN', 'en_US', 'eng', 'en ', 'iw', 'in', 'ji', 'jw', 'mo', 'sh', 'é'])(
    '%j is not a language code',
    (code) => {
      expect(isLanguageCode(code)).toBe(false);
    },
  );

  test('there are 184 language codes', () => {
    const letters = Array.from('abcdefghijklmnopqrstuvwxyz');
    const codes = letters.flatMap((first) => letters.map((second) => first + second));
    expect(codes.filter(isLanguageCode)).toHaveLength(184);
  });
});

describe('placeholders', () => {
  test.each([
    ['no placeholder', 0],
    ['{{1}}', 1],
    ['{{2}} and {{1}} and {{2}}', 2],
    ['{{01}} {{ 1 }} {{x}} {1}', 0],
    ['{{10}}', 10],
  ])('%s needs this many values: %i', (text, count) => {
    expect(countPlaceholders(text)).toBe(count);
  });

  test('are filled by their numbers; placeholders in values are not', () => {
    expect(fillPlaceholders('{{2}}, {{1}}, {{1}}! {{3}}', ['{{2}}', '$&'])).toBe('$&, {{2}}, {{2}}! {{3}}');
  });

  const written = 'but placeholders are written {{1}}, {{2}} and so on';
  test.each([
    ['Hi {{1}}, {{2}} and {{1}}.', undefined],
    ['No placeholder { } {1}.', undefined],
    ['{{{1}}}', undefined],
    ['Hi {{name}}!', `has {{name}}, ${written}`],
    ['Hi {{ 1 }}!', `has {{ 1 }}, ${written}`],
    ['Hi {{0}}!', `has {{0}}, ${written}`],
    ['Hi {{01}}!', `has {{01}}, ${written}`],
    ['Hi {{1}!', `has {{1}, ${written}`],
    ['Hi {{1', `has {{1, ${written}`],
    ['Hi 1}}!', `has }}, ${written}`],
    ['Hi {{}}!', `has {{}}, ${written}`],
    ['Hi {{2}}!', 'must number its placeholders from 1 without gaps, but {{1}} is missing'],
    ['Hi {{3}}, {{1}}!', 'must number its placeholders from 1 without gaps, but {{2}} is missing'],
    ['Hi {{1000}}!', `has {{1000}}, ${written}`],
  ])('%s: %s', (text, problem) => {
    expect(numberingProblem(text)).toBe(problem);
  });

  test.each([
    ['Hi {{1}} {{2}}.', undefined],
    ['Hi {{1}}.', undefined],
    ['{{1}}, hi.', undefined],
    ['Hi {{1}}', undefined],
    ['Hi {{1}}{{2}}.', 'must have text between two placeholders'],
  ])('in a body, %j: %s', (text, problem) => {
    expect(placingProblem(text)).toBe(problem);
  });
});

describe('media', () => {
  test.each([
    ['https://example.com/a.jpg', 'image'],
    ['https://example.com/a.PNG?version=2#top', 'image'],
    ['https://example.com/a.jpeg', 'image'],
    ['https://example.com/a/b.mp4', 'video'],
    ['https://example.com/a.b.pdf', 'document'],
    ['https://example.com/a.docx', 'document'],
    ['https://example.com/a.gif', undefined],
    ['https://example.com/a', undefined],
    ['https://example.com/a?file=a.jpg', undefined],
    ['https://example.jpg', undefined],
    ['a.jpg', undefined],
  ])('%s has the kind: %s', (url, kind) => {
    expect(mediaKindOf(url)).toBe(kind);
  });

  test('a header is none, a text or a medium', () => {
    expect(headerKindOf({})).toBe('none');
    expect(headerKindOf({ headerText: 'Hi' })).toBe('text');
    expect(headerKindOf({ attachmentUrl: 'https://example.com/a.mp4' })).toBe('video');
  });
});
