import { SegmentedMessage } from 'sms-segments-calculator';
import { split as oracleSplit } from 'split-sms';
import { describe, expect, test } from 'vitest';
import {
  countSeptets,
  countSmsParts,
  maximumParts,
  normaliseText,
  splitSms,
} from '../../../../src/messages/compose/sms-parts.ts';
import { seededRandom } from '../../../support/tools/random.ts';

const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const extension = ['\f', '^', '{', '}', '\\', '[', '~', ']', '|', '€'];

const a = (count: number) => 'a'.repeat(count);
const isGsmText = (text: string): boolean => countSeptets(text) !== undefined;
const zhe = (count: number) => 'ж'.repeat(count);

/** Length of each part, in septets or UTF-16 units. */
const lengths = (text: string) => splitSms(text).parts.map((part) => countSeptets(text) && countSeptets(part));
const unitLengths = (text: string) => splitSms(text).parts.map((part) => part.length);

describe('the alphabet', () => {
  test('has 127 basic characters of one septet', () => {
    expect(new Set(basic).size).toBe(127);
    for (const character of basic) expect([character, countSeptets(character)]).toEqual([character, 1]);
  });

  test('has ten characters of two septets', () => {
    for (const character of extension) expect([character, countSeptets(character)]).toEqual([character, 2]);
  });

  test('has no other character of the basic multilingual plane, and split-sms agrees on each', () => {
    let characters = 0;
    const deviating: string[] = [];
    for (let code = 0; code <= 0xffff; code += 1) {
      const character = String.fromCharCode(code);
      const oracle = oracleSplit(character);
      const expected = oracle.characterSet === 'GSM' ? oracle.bytes : undefined;
      if (countSeptets(character) !== expected) deviating.push(`U+${code.toString(16)}`);
      if (isGsmText(character)) characters += 1;
    }
    expect(deviating).toEqual([]);
    expect(characters).toBe(127 + 10);
  });

  test('leaves out characters that only look as if they belonged', () => {
    for (const character of ['\u001b', 'ç', '`', '\t', '\u00a0', 'õ', 'š', 'ž', 'ж', '’', '–', '…', '😀', '\0']) {
      expect([character, isGsmText(`abc${character}`)]).toEqual([character, false]);
    }
  });

  test('an empty text is GSM', () => {
    expect(isGsmText('')).toBe(true);
    expect(countSeptets('')).toBe(0);
  });
});

describe('normaliseText', () => {
  test('composes accents, so that they cost one septet', () => {
    const decomposed = 'e\u0301'.repeat(40);
    expect(isGsmText(decomposed)).toBe(false);
    expect(splitSms(normaliseText(decomposed))).toEqual({
      encoding: 'GSM-7',
      units: 40,
      parts: ['é'.repeat(40)],
    });
  });

  test('replaces the Ohm and Angstrom signs with letters of the alphabet', () => {
    expect(normaliseText('\u2126\u212b')).toBe('ΩÅ');
    expect(isGsmText(normaliseText('\u2126\u212b'))).toBe(true);
  });

  test('replaces lone surrogates and leaves pairs', () => {
    expect(normaliseText('a\ud83db\ude00c😀')).toBe('a\ufffdb\ufffdc😀');
  });

  test('leaves compatibility characters and line ends as they are', () => {
    expect(normaliseText('ﬁ…\r\n¹')).toBe('ﬁ…\r\n¹');
  });
});

describe('GSM-7 boundaries', () => {
  const vectors: [name: string, text: string, units: number, parts: number[]][] = [
    ['1', a(1), 1, [1]],
    ['159', a(159), 159, [159]],
    ['160', a(160), 160, [160]],
    ['161', a(161), 161, [153, 8]],
    ['305', a(305), 305, [153, 152]],
    ['306', a(306), 306, [153, 153]],
    ['307', a(307), 307, [153, 153, 1]],
    ['459', a(459), 459, [153, 153, 153]],
    ['460', a(460), 460, [153, 153, 153, 1]],
    ['158 and an escape', `${a(158)}€`, 160, [160]],
    ['159 and an escape', `${a(159)}\f`, 161, [153, 8]],
    ['151, escape at 152-153', `${a(151)}€${a(153)}`, 306, [153, 153]],
    ['152, escape at 153-154', `${a(152)}€${a(152)}`, 306, [152, 153, 1]],
    ['153, escape at 154-155', `${a(153)}€${a(151)}`, 306, [153, 153]],
    ['escape at 153-154, still one part', `${a(152)}€${a(6)}`, 160, [160]],
    ['escape at 153-154, two parts', `${a(152)}€${a(7)}`, 161, [152, 9]],
    ['escape at 153-154, full second part', `${a(152)}€${a(151)}`, 305, [152, 153]],
    ['escape at 305-306', `${a(304)}€`, 306, [153, 153]],
    ['escape at 306-307', `${a(305)}€`, 307, [153, 152, 2]],
    ['escape at 306-307 after an early cut', `${a(152)}€${a(150)}€`, 306, [152, 152, 2]],
    ['80 escapes', '€'.repeat(80), 160, [160]],
    ['81 escapes', '€'.repeat(81), 162, [152, 10]],
    ['152 escapes', '['.repeat(152), 304, [152, 152]],
    ['153 escapes', ']'.repeat(153), 306, [152, 152, 2]],
  ];
  test.each(vectors)('%s', (_name, text, units, parts) => {
    const split = splitSms(text);
    expect({ ...split, parts: lengths(text) }).toEqual({ encoding: 'GSM-7', units, parts });
    expect(split.parts.join('')).toBe(text);
    expect(countSmsParts(text)).toBe(parts.length);
  });

  test('every extension character keeps its escape', () => {
    for (const character of extension) {
      const text = `${a(152)}${character}${a(152)}`;
      expect(splitSms(text)).toEqual({
        encoding: 'GSM-7',
        units: 306,
        parts: [a(152), `${character}${a(151)}`, 'a'],
      });
      expect(countSmsParts(text)).toBe(3);
    }
  });
});

describe('UCS-2 boundaries', () => {
  const vectors: [name: string, text: string, units: number, parts: number[]][] = [
    ['1', zhe(1), 1, [1]],
    ['69', zhe(69), 69, [69]],
    ['70', zhe(70), 70, [70]],
    ['71', zhe(71), 71, [67, 4]],
    ['133', zhe(133), 133, [67, 66]],
    ['134', zhe(134), 134, [67, 67]],
    ['135', zhe(135), 135, [67, 67, 1]],
    ['70 basic and a backtick', `${a(70)}\``, 71, [67, 4]],
    ['an extension character is one unit', `${'€'.repeat(69)}ж`, 70, [70]],
    ['68 and a pair', `${zhe(68)}😀`, 70, [70]],
    ['69 and a pair', `${zhe(69)}😀`, 71, [67, 4]],
    ['pair at 66-67', `${zhe(65)}😀${zhe(67)}`, 134, [67, 67]],
    ['pair at 67-68', `${zhe(66)}😀${zhe(65)}`, 133, [66, 67]],
    ['pair at 67-68, one more', `${zhe(66)}😀${zhe(66)}`, 134, [66, 67, 1]],
    ['pair at 67-68, still one part', `${zhe(66)}😀${zhe(2)}`, 70, [70]],
    ['pair at 68-69', `${zhe(67)}😀${zhe(65)}`, 134, [67, 67]],
    ['pair at 134-135', `${zhe(133)}😀`, 135, [67, 66, 2]],
    ['35 pairs', '😀'.repeat(35), 70, [70]],
    ['36 pairs', '😀'.repeat(36), 72, [66, 6]],
    ['66 pairs', '😀'.repeat(66), 132, [66, 66]],
    ['67 pairs', '😀'.repeat(67), 134, [66, 66, 2]],
  ];
  test.each(vectors)('%s', (_name, text, units, parts) => {
    const split = splitSms(text);
    expect({ ...split, parts: unitLengths(text) }).toEqual({ encoding: 'UCS-2', units, parts });
    expect(split.parts.join('')).toBe(text);
    expect(split.parts.every((part) => part.isWellFormed())).toBe(true);
    expect(countSmsParts(text)).toBe(parts.length);
  });
});

describe('the number of parts', () => {
  test('is 1 for the empty text', () => {
    expect(splitSms('')).toEqual({ encoding: 'GSM-7', units: 0, parts: [''] });
    expect(countSmsParts('')).toBe(1);
  });

  test('reaches the maximum and can exceed it', () => {
    expect(maximumParts).toBe(255);
    const counts = [a(255 * 153), a(255 * 153 + 1), zhe(255 * 67), zhe(255 * 67 + 1), '€'.repeat(255 * 76)];
    expect(counts.map(countSmsParts)).toEqual([255, 256, 255, 256, 255]);
    expect(counts.map((text) => splitSms(text).parts.length)).toEqual([255, 256, 255, 256, 255]);
    expect(countSmsParts('€'.repeat(255 * 76 + 1))).toBe(256);
    expect(countSmsParts('😀'.repeat(255 * 33))).toBe(255);
    expect(countSmsParts('😀'.repeat(255 * 33 + 1))).toBe(256);
  });
});

describe('against other implementations', () => {
  // No characters that join into a cluster: on those one of them deviates, see below.
  const alphabets = [
    ['a', 'b', ' ', 'ä'],
    ['a', 'b', 'c', '€', '[', '\f'],
    ['€', '{', '~'],
    ['a', 'é', '\n', '\r', '|', 'Ω'],
    ['a', 'ж', '中', '€'],
    ['ж', '😀', '🎉'],
    ['😀', '🎉'],
    ['a', 'b', 'c', 'd', 'e', '€', '`', '😀'],
  ] as const;

  function* randomTexts(seed: number, count: number): Generator<string> {
    const random = seededRandom(seed);
    const around = [0, 30, 60, 66, 70, 130, 150, 158, 200, 300, 450];
    for (let made = 0; made < count; made += 1) {
      const alphabet: readonly string[] = random.pick(alphabets);
      const length = random.pick(around) + random.below(14);
      yield Array.from({ length }, () => random.pick(alphabet)).join('');
    }
  }

  test('split-sms splits 6,000 texts in the same places', () => {
    let cut = 0;
    for (const text of randomTexts(1, 6000)) {
      const oracle = oracleSplit(text);
      const isGsm = oracle.characterSet === 'GSM';
      const expected = {
        encoding: isGsm ? 'GSM-7' : 'UCS-2',
        units: isGsm ? oracle.bytes : oracle.bytes / 2,
        parts: oracle.parts.map((part) => part.content),
      };
      expect(splitSms(text)).toEqual(expected);
      expect(countSmsParts(text)).toBe(expected.parts.length);
      if (expected.parts.length > 1) cut += 1;
    }
    expect(cut).toBeGreaterThan(2000);
  });

  test('sms-segments-calculator counts the same parts in 1,500 texts', () => {
    for (const text of randomTexts(2, 1500)) {
      const oracle = new SegmentedMessage(text);
      const { encoding, parts } = splitSms(text);
      expect([text, encoding, parts.length]).toEqual([text, oracle.encodingName, oracle.segmentsCount]);
    }
  });

  test('parts stay within the limits and joined give the text back', () => {
    for (const text of randomTexts(3, 6000)) {
      const { encoding, units, parts } = splitSms(text);
      const room = parts.length === 1 ? [160, 70] : [153, 67];
      const size = (part: string) => (encoding === 'GSM-7' ? (countSeptets(part) ?? Infinity) : part.length);
      expect(parts.join('')).toBe(text);
      expect(parts.map(size).reduce((sum, each) => sum + each, 0)).toBe(units);
      expect(Math.max(...parts.map(size))).toBeLessThanOrEqual(room[encoding === 'GSM-7' ? 0 : 1] ?? 0);
      expect(parts.every((part) => part.isWellFormed())).toBe(true);
    }
  });

  test('a flag may be split between its two code points, which sms-segments-calculator keeps together', () => {
    const text = `${zhe(65)}🇫🇮${zhe(65)}`;
    expect(unitLengths(text)).toEqual([67, 67]);
    expect(new SegmentedMessage(text).segmentsCount).toBe(3);
  });
});
