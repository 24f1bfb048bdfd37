/** Latin letters that Unicode does not decompose into a plain letter and a mark. */
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
 * Derives a template's name, which is its id, from its display name: the letters a to z in lower case and digits, with
 * an underscore for anything between them, as WhatsApp requires. WhatsApp's limit is 512 characters, which a display
 * name of 100 can't reach, even if each letter becomes two.
 *
 * @returns undefined if nothing would remain, or if the text has letters of another script: two display names that
 *   differ only in such letters would get the same name
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
