/** Codes that ISO 639-1 has withdrawn; the runtime still accepts them as aliases of their successors. */
const withdrawn = new Set(['in', 'iw', 'ji', 'jw', 'mo', 'sh']);

let languageNames: Intl.DisplayNames | undefined;

/** Tells whether a text is a two-letter language code (ISO 639-1) in lower case. */
export function isLanguageCode(text: string): boolean {
  if (!/^[a-z]{2}$/.test(text) || withdrawn.has(text)) return false;
  languageNames ??= new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' });
  return languageNames.of(text) !== undefined;
}
