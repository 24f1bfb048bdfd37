import { describe, expect, test } from 'vitest';

import { guardEntitySize, readLongText, writeLongText } from '../../../../src/storage/tables/long-text.ts';

describe('a long text', () => {
  test.each([0, 1, 31_999, 32_000, 32_001, 64_000, 64_001, 200_000])(
    'of %i characters is read back whole',
    (length) => {
      const text = 'x'.repeat(length);
      const properties = writeLongText('content', text);
      expect(readLongText('content', properties)).toBe(text);
      for (const piece of Object.values(properties)) expect(piece.length).toBeLessThanOrEqual(32_768);
    },
  );

  test('is never split inside a surrogate pair', () => {
    const text = `${'x'.repeat(31_999)}😀${'😀'.repeat(40_000)}`;
    const properties = writeLongText('content', text);
    expect(Object.values(properties).every((piece) => piece.isWellFormed())).toBe(true);
    expect(readLongText('content', properties)).toBe(text);
  });
});

describe('guardEntitySize', () => {
  test('returns an entity that Azure accepts', () => {
    const entity = { partitionKey: 'p', ...writeLongText('content', 'x'.repeat(480_000)) };
    expect(guardEntitySize(entity)).toBe(entity);
  });

  test('refuses what Azure would refuse: a property over 64 KiB, or more than 1 MiB in all', () => {
    expect(() => guardEntitySize({ text: 'x'.repeat(32_769) })).toThrow(
      'property text has 32769 characters, more than Azure accepts',
    );
    expect(() => guardEntitySize(writeLongText('content', 'x'.repeat(520_000)))).toThrow(
      /entity has \d+ bytes, more than 1000000/,
    );
  });
});
