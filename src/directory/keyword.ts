/**
 * A keyword as it is compared: letter case doesn't count, nor whether an umlaut is written as one character or two, nor
 * signs around the word.
 *
 * @example foldKeyword('Käyttö!') === foldKeyword('KÄYTTÖ')
 */
export function foldKeyword(word: string): string {
  // From the first letter to the last. Phones write these texts: a pattern that looks for signs at the end would take
  // time that grows with the square of how many there are.
  const [bare = ''] = /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?\p{M}*/su.exec(word.normalize('NFKC')) ?? [];
  // Small, capital and small again: the sharp s has a capital of its own, but its usual one is two letters.
  return bare.toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

/** Whether a text is one word that can serve as a keyword. */
export function isKeyword(text: string): boolean {
  return !/\s/.test(text.trim()) && foldKeyword(text) !== '';
}

/** The first word of a message in the form of {@link foldKeyword}, signs before it left out; empty where it has none. */
export function firstWord(content: string): string {
  const [word = ''] = /[\p{L}\p{N}]\S*/u.exec(content.normalize('NFKC')) ?? [];
  return foldKeyword(word);
}
