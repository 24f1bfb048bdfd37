/** Digits of a phone number in international form, however it is written; undefined where it is none. */
export function digitsOf(value: unknown): string | undefined {
  const digits = typeof value === 'string' ? value.replaceAll(/[\s\-().+]/g, '') : '';
  return /^\d{5,20}$/.test(digits) ? digits : undefined;
}

/** A time as Meta writes it: Unix seconds, as a text or a number. */
export function timeOf(value: unknown): Date | undefined {
  const seconds = typeof value === 'string' && /^\d{1,11}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0) return undefined;
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
