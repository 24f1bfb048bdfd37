/** Tells whether a text can be part of a row key. Callers can send any text, and storage refuses some characters. */
export function fitsRowKey(text: string): boolean {
  return /^[\w.-]{1,400}$/.test(text);
}
