import * as fc from 'fast-check';

/** The most characters, or bytes of UTF-8, of a single value. Keeps requests small. */
const maxLength = 16_000;

const addresses = [
  'https://example.com/hook?sig=x',
  'http://example.com/',
  'https://10.0.0.1/',
  'https://127.0.0.1/',
  'https://[::1]/',
  'https://[::ffff:169.254.169.254]/',
  'http://169.254.169.254/metadata/instance',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://localhost/',
  'https://user:password@example.com/',
  'https://example.com:99999/',
  'https://example.com./',
  'https://exämple.com/ä.png',
  'https://example.com/a.png',
  'https://example.com/ blank',
  `https://example.com/${'x'.repeat(1_990)}`,
  'file:///secret',
  'javascript:alert(1)',
  'data:text/plain,x',
  'ftp://example.com/',
  '//example.com/',
  '/relative',
  'https://',
  'https:example.com',
  'urn:x',
] as const;

const dates = [
  '2026-12-01T09:00:00Z',
  '2026-12-01T09:00:00',
  '2026-12-01T09:00:00.1234567+02:00',
  '2026-12-01',
  '2026-02-30T00:00:00Z',
  '2024-02-29T00:00:00Z',
  '2026-12-01T24:00:00Z',
  '2026-12-01T23:59:60Z',
  '2026-12-01T09:00:00+99:00',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '+275760-09-13T00:00:00Z',
  '+275760-09-13T00:00:01Z',
  '-271821-04-20T00:00:00Z',
  '20261201T090000Z',
  '1.12.2026',
  'tomorrow',
  '1700000000',
] as const;

const numbers = [
  '358401230001',
  '+358 40 123 0001',
  '00358401230001',
  '0401230001',
  'tel:+358401230001',
  '+358401230001;ext=5',
  '٣٥٨٤٠١٢٣٠٠٠١',
  '３５８４０１２３０００１',
  '112',
  '16400',
  '+',
  '00',
  '+999123456789',
  '358401230001358401230001',
  '1e9',
  '-1',
  '0x10',
  '1'.repeat(300),
] as const;

/**
 * Texts that have broken programs: blanks, invisible and broken characters, names of prototypes, words of other
 * languages.
 */
const awkward = [
  '',
  ' ',
  '\t\r\n',
  '\0',
  'a\0b',
  '\ud83d',
  '\udc00x',
  '\uffff',
  '💬',
  '👨‍👩‍👧‍👦🇫🇮',
  '\u202egnirts',
  '\u200f\u200b',
  '\ufeff',
  'İßﬃ',
  'e\u0301'.repeat(20),
  '__proto__',
  'constructor',
  'prototype',
  'hasOwnProperty',
  'toString',
  'null',
  'undefined',
  'NaN',
  'true',
  '-0',
  '1e999',
  "' or '1' eq '1",
  "demo' or PartitionKey ne '",
  "''",
  '%27',
  '.',
  '..',
  '../..',
  '..\\..',
  '%2e%2e',
  '%2E%2E%2F%2e%2e',
  '%00',
  '%2F',
  '%252F',
  '%',
  '%zz',
  '%c0%af',
  '/',
  '\\',
  '?',
  '#',
  ';',
  '*',
  'a/b\\c#d?e',
  'a\r\nX-Injected: yes',
  '%0d%0aX-Injected:%20yes',
  '\u560d\u560aX-Injected: yes',
  '$(name)',
  '$(__proto__)',
  '$($(name))',
  '$(',
  '{{1}}',
  '{{2}}',
  '{{999999999999}}',
  '{{constructor}}',
  '<script>alert(1)</script>',
  '${7*7}',
  'demo',
  'other',
  'DEMO',
  'demo-oneway',
  'other-oneway',
  '0'.repeat(32),
  'f'.repeat(44),
  `i${'0'.repeat(32)}`,
] as const;

/** Addresses of every kind, including valid ones. */
export const anyAddress = fc.constantFrom(...addresses);

/** Dates of every kind, including valid ones. */
export const anyDate = fc.oneof(
  fc.constantFrom(...dates),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

/** Phone numbers of every kind, including valid ones. */
export const anyNumber = fc.constantFrom(...numbers);

const longText = fc
  .tuple(
    fc.constantFrom('x', 'ж', '💬', '\0', '\\', '"', "'", '{{1}}', '$(x)', '\u0301'),
    fc.integer({ min: 50, max: maxLength }),
  )
  .map(([piece, length]) => piece.repeat(Math.ceil(length / JSON.stringify(piece).length)));

/** A text that no caller should send. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...awkward) },
  { weight: 2, arbitrary: anyAddress },
  { weight: 2, arbitrary: anyDate },
  { weight: 2, arbitrary: anyNumber },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 40 }) },
  { weight: 1, arbitrary: longText },
);

/** More levels of nesting than a body may have. */
const levels = 40;

const nested = fc.constantFrom<unknown>(
  Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 1),
  Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner }), 'x'),
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}'),
);

/** Any JSON value, mostly one that no caller should send. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: hostileText },
  {
    weight: 4,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -0,
      1,
      -1,
      0.1,
      1e21,
      1e308,
      5e-324,
      2 ** 31,
      -(2 ** 53),
      [],
      {},
    ),
  },
  { weight: 1, arbitrary: nested },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        hostileText.filter((text) => text.length < 40),
        fc.nat(200),
      )
      .map(([text, length]) => Array.from({ length }, () => text)),
  },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
