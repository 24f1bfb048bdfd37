/** Latin letters that aren't a plain letter with a mark, which Unicode itself takes apart. */
const spelledOut = new Map([
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ł', 'l'],
  ['ħ', 'h'],
  ['ŋ', 'ng'],
  ['ı', 'i'],
]);

/**
 * The name, and so the id, of a template, from what its maker calls it: small letters a to z and digits, with an
 * underscore for whatever stands between them, as the platform demands of names (at most 512 characters, which twice a
 * display name's hundred can't reach).
 *
 * @returns undefined where nothing would remain, or where the text has letters of another script: two names that
 *   differ in those alone would become one.
 *
 * @example templateName('Tilaus nro 5: Määräpäivä!') // 'tilaus_nro_5_maarapaiva'
 */
export function templateName(displayName: string): string | undefined {
  const plain = displayName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{ASCII}]/gu, (letter) => spelledOut.get(letter) ?? letter);
  if (/[^\p{ASCII}]/u.test(plain.replaceAll(/[^\p{L}\p{N}]/gu, ''))) return undefined;
  const name = plain.replaceAll(/[^a-z0-9]+/g, '_').replaceAll(/^_|_$/g, '');
  return name === '' ? undefined : name;
}
