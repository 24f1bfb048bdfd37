/**
 * Folds a keyword to the form in which keywords are compared. It ignores letter case, signs around the word, and
 * whether an umlaut is written as one character or two.
 *
 * @example foldKeyword('Käyttö!') === foldKeyword('KÄYTTÖ')
 */
export function foldKeyword(word: string): string {
  // Match from the first letter to the last. Phones write these texts: a pattern that looks for signs at the end would
  // take time that grows with the square of their number.
  const [bare = ''] = /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?\p{M}*/su.exec(word.normalize('NFKC')) ?? [];
  // Lower, upper and lower case again: the capital sharp s and the two letters SS must give the same result.
  return bare.toLowerCase().toUpperCase().toLowerCase().normalize('NFC');
}

/** Tells whether a text is one word with a letter or digit, so that it can be a keyword. */
export function isKeyword(text: string): boolean {
  return !/\s/.test(text.trim()) && foldKeyword(text) !== '';
}

/** Returns the first word of a message in the form of {@link foldKeyword}, without signs before it; empty if none. */
export function firstWord(content: string): string {
  const [word = ''] = /[\p{L}\p{N}]\S*/u.exec(content.normalize('NFKC')) ?? [];
  return foldKeyword(word);
}
