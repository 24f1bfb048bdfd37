/** Whether a text can be part of a row's key: callers send any text, and storage fails on some characters. */
export function fitsRowKey(text: string): boolean {
  return /^[\w.-]{1,400}$/.test(text);
}
