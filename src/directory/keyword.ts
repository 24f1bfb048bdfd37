/**
 * A keyword as it is compared: letter case doesn't count, nor whether an umlaut is written as one character or two, nor
 * signs around the word.
 *
 * @example foldKeyword('Käyttö!') === foldKeyword('KÄYTTÖ')
 */
export function foldKeyword(word: string): string {
  const bare = word
    .normalize('NFKC')
    .replace(/^[^\p{L}\p{N}]+/u, '')
    .replace(/[^\p{L}\p{M}\p{N}]+$/u, '');
  // Capitals first, since some letters, such as the sharp s, have two of them.
  return bare.toUpperCase().toLowerCase().normalize('NFC');
}

/** Whether a text is one word that can serve as a keyword. */
export function isKeyword(text: string): boolean {
  return !/\s/.test(text.trim()) && foldKeyword(text) !== '';
}

/** The first word of a message in the form of {@link foldKeyword}; empty where it has none. */
export function firstWord(content: string): string {
  for (const word of content.trim().split(/\s+/, 3)) {
    const folded = foldKeyword(word);
    if (folded !== '') return folded;
  }
  return '';
}
