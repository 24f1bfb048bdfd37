import { describe, expect, test } from 'vitest';

import { isDateTime, parseDateTime } from '../../../src/core/date-time.ts';

/** Reads a text in a zone and returns the moment in UTC; undefined if the text is refused. */
function read(text: string, timeZone = 'UTC'): string | undefined {
  return isDateTime(text) ? parseDateTime(text, timeZone).toISOString() : undefined;
}

describe('forms', () => {
  test('a time with an offset is the same moment in every zone', () => {
    const forms = [
      ['2026-12-01T09:00:00Z', '2026-12-01T09:00:00.000Z'],
      ['2026-12-01t09:00:00z', '2026-12-01T09:00:00.000Z'],
      ['2026-12-01 09:00:00Z', '2026-12-01T09:00:00.000Z'],
      ['2026-12-01T09:00Z', '2026-12-01T09:00:00.000Z'],
      ['  2026-12-01T09:00:00Z\n', '2026-12-01T09:00:00.000Z'],
      ['2026-12-01T09:00:00+02:00', '2026-12-01T07:00:00.000Z'],
      ['2026-12-01T09:00:00+0200', '2026-12-01T07:00:00.000Z'],
      ['2026-12-01T09:00-05:30', '2026-12-01T14:30:00.000Z'],
      ['2026-12-01T09:00:00-00:00', '2026-12-01T09:00:00.000Z'],
      ['2026-12-01T00:30:00+05:45', '2026-11-30T18:45:00.000Z'],
      ['2026-12-01T23:59:59+14:00', '2026-12-01T09:59:59.000Z'],
      ['2026-01-01T00:00:00+14:59', '2025-12-31T09:01:00.000Z'],
      ['2026-12-31T23:00:00-14:00', '2027-01-01T13:00:00.000Z'],
    ] as const;
    for (const timeZone of ['UTC', 'Europe/Helsinki', 'America/New_York']) {
      for (const [text, moment] of forms) expect([text, read(text, timeZone)]).toEqual([text, moment]);
    }
  });

  test('keeps milliseconds of a fraction; the platform writes seven digits', () => {
    const fractions = [
      ['2026-12-01T09:00:00.5Z', '500'],
      ['2026-12-01T09:00:00.05Z', '050'],
      ['2026-12-01T09:00:00.005Z', '005'],
      ['2026-12-01T09:00:00.1234567Z', '123'],
      ['2026-12-01T09:00:00.999999999Z', '999'],
      ['2026-12-01T11:00:00.25+02:00', '250'],
    ] as const;
    for (const [text, digits] of fractions) {
      expect([text, read(text)]).toEqual([text, `2026-12-01T09:00:00.${digits}Z`]);
    }
    expect(read('2026-12-01T11:00:00.1234567', 'Europe/Helsinki')).toBe('2026-12-01T09:00:00.123Z');
  });

  test('a date alone is midnight in the zone', () => {
    expect(read('2026-12-01')).toBe('2026-12-01T00:00:00.000Z');
    expect(read('2026-12-01', 'Europe/Helsinki')).toBe('2026-11-30T22:00:00.000Z');
    expect(read('2026-07-01', 'Europe/Helsinki')).toBe('2026-06-30T21:00:00.000Z');
    expect(read('2026-12-01', 'America/New_York')).toBe('2026-12-01T05:00:00.000Z');
  });
});

describe('the calendar', () => {
  test('has 29 February in leap years only', () => {
    const february = (year: string) => read(`${year}-02-29T12:00:00Z`);
    expect(['2024', '2028', '2000', '0000'].map(february)).toEqual([
      '2024-02-29T12:00:00.000Z',
      '2028-02-29T12:00:00.000Z',
      '2000-02-29T12:00:00.000Z',
      '0000-02-29T12:00:00.000Z',
    ]);
    expect(['2026', '2027', '1900', '2100'].map(february)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('has no 31 April, no day 0 and no month 13', () => {
    const days = ['2026-04-31', '2026-02-30', '2026-02-31', '2026-01-32', '2026-01-00', '2026-00-01', '2026-13-01'];
    for (const day of days) expect([day, read(day)]).toEqual([day, undefined]);
    for (const day of ['2026-01-31', '2026-04-30', '2026-12-31', '2026-02-28']) {
      expect(read(day)).toBe(`${day}T00:00:00.000Z`);
    }
  });

  test('has no hour 24, no minute 60, no leap second, and no offset beyond 14 hours', () => {
    const times = ['24:00:00Z', '23:60:00Z', '23:59:60Z', '12:00:00+15:00', '12:00:00+02:60', '99:99:99Z'];
    for (const time of times) expect([time, read(`2026-12-01T${time}`)]).toEqual([time, undefined]);
  });

  test('goes from the first to the last year that four digits can write', () => {
    expect(read('9999-12-31T23:59:59Z')).toBe('9999-12-31T23:59:59.000Z');
    expect(read('9999-12-31T23:59:59', 'America/New_York')).toBe('+010000-01-01T04:59:59.000Z');
    // .NET writes this for a date that was never set; before standard time, Helsinki was 1:39:49 ahead of UTC.
    expect(read('0001-01-01T00:00:00')).toBe('0001-01-01T00:00:00.000Z');
    expect(read('0001-01-01T00:00:00', 'Europe/Helsinki')).toBe('0000-12-31T22:20:11.000Z');
    expect(read('0000-01-01', 'America/New_York')).toBe('0000-01-01T04:56:02.000Z');
    expect(read('1900-06-01T12:00:00', 'Europe/Helsinki')).toBe('1900-06-01T10:20:11.000Z');
  });
});

const localTimes: [where: string, timeZone: string, rows: [local: string, utc: string][]][] = [
  [
    'Helsinki when clocks go forward: a skipped time is read as if they had not',
    'Europe/Helsinki',
    [
      ['2026-03-28T03:30:00', '2026-03-28T01:30:00'],
      ['2026-03-29T02:59:59', '2026-03-29T00:59:59'],
      ['2026-03-29T03:00:00', '2026-03-29T01:00:00'],
      ['2026-03-29T03:30:00', '2026-03-29T01:30:00'],
      ['2026-03-29T03:59:59', '2026-03-29T01:59:59'],
      ['2026-03-29T04:00:00', '2026-03-29T01:00:00'],
      ['2026-03-30T03:30:00', '2026-03-30T00:30:00'],
    ],
  ],
  [
    'Helsinki when clocks go back: of two moments, the earlier',
    'Europe/Helsinki',
    [
      ['2026-10-24T03:30:00', '2026-10-24T00:30:00'],
      ['2026-10-25T02:59:59', '2026-10-24T23:59:59'],
      ['2026-10-25T03:00:00', '2026-10-25T00:00:00'],
      ['2026-10-25T03:59:59', '2026-10-25T00:59:59'],
      ['2026-10-25T04:00:00', '2026-10-25T02:00:00'],
      ['2026-10-26T03:30:00', '2026-10-26T01:30:00'],
    ],
  ],
  [
    'New York over both changes',
    'America/New_York',
    [
      ['2026-03-08T01:59:59', '2026-03-08T06:59:59'],
      ['2026-03-08T02:30:00', '2026-03-08T07:30:00'],
      ['2026-03-08T03:00:00', '2026-03-08T07:00:00'],
      ['2026-11-01T00:59:59', '2026-11-01T04:59:59'],
      ['2026-11-01T01:30:00', '2026-11-01T05:30:00'],
      ['2026-11-01T02:00:00', '2026-11-01T07:00:00'],
    ],
  ],
  [
    'Kathmandu, whose offset is not in whole hours',
    'Asia/Kathmandu',
    [
      ['2026-03-29T03:30:00', '2026-03-28T21:45:00'],
      ['2026-12-01T00:00:00', '2026-11-30T18:15:00'],
    ],
  ],
  [
    'Lord Howe, whose clocks change by half an hour',
    'Australia/Lord_Howe',
    [
      ['2026-07-01T12:00:00', '2026-07-01T01:30:00'],
      ['2026-12-01T12:00:00', '2026-12-01T01:00:00'],
    ],
  ],
  ['Kiritimati, the farthest ahead', 'Pacific/Kiritimati', [['2026-12-01T00:00:00', '2026-11-30T10:00:00']]],
  ['Pago Pago, the farthest behind', 'Pacific/Pago_Pago', [['2026-12-01T23:00:00', '2026-12-02T10:00:00']]],
  ['UTC', 'UTC', [['2026-03-29T03:30:00', '2026-03-29T03:30:00']]],
];

test.each(localTimes)('a time without an offset is a local time: %s', (_, timeZone, rows) => {
  expect(rows.map(([local]) => [local, read(local, timeZone)])).toEqual(
    rows.map(([local, utc]) => [local, `${utc}.000Z`]),
  );
});

test('refuses any other text, of any length', () => {
  const texts = [
    '',
    ' ',
    'now',
    'tomorrow',
    '1700000000',
    '2026',
    '2026-12',
    '2026-1-1',
    '20261201T090000Z',
    '2026-W49-1',
    '2026-335',
    '12/01/2026',
    '01.12.2026',
    '2026-12-01T09',
    '2026-12-01T9:00Z',
    '2026-12-01T09:00:00,5Z',
    '2026-12-01T09:00:00.Z',
    '2026-12-01T09:00:00.1234567890Z',
    '2026-12-01T09:00.5Z',
    '2026-12-01T09:00:00 Z',
    '2026-12-01T09:00:00+02',
    '2026-12-01T09:00:00+2:00',
    '2026-12-01T09:00:00 Europe/Helsinki',
    '2026-12-01Z',
    '2026-12-01T09:00:00ZZ',
    '2026-12-01T09:00:00Z2026-12-01T09:00:00Z',
    '2026-12-01T09:00:00Z\0',
    '2026-12-01T09:00:00Z\nx',
    '-2026-12-01T09:00:00Z',
    '+002026-12-01T09:00:00Z',
    '２０２６-12-01T09:00:00Z',
    '2026‑12‑01T09:00:00Z',
    'constructor',
    '9'.repeat(100_000),
    `2026-12-01T09:00:00.${'1'.repeat(100_000)}`,
    `${' '.repeat(50_000)}x${' '.repeat(50_000)}`,
  ];
  for (const text of texts) expect([text.slice(0, 40), isDateTime(text)]).toEqual([text.slice(0, 40), false]);
});
