/** Returns the digits of a phone number in international form, with or without separators; otherwise undefined. */
export function digitsOf(value: unknown): string | undefined {
  const digits = typeof value === 'string' ? value.replaceAll(/[\s\-().+]/g, '') : '';
  return /^\d{5,20}$/.test(digits) ? digits : undefined;
}

/** Parses one of Meta's times: Unix seconds, as a text or a number. Returns undefined for anything else. */
export function timeOf(value: unknown): Date | undefined {
  const seconds = typeof value === 'string' && /^\d{1,11}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isInteger(seconds) || seconds < 0) return undefined;
  const at = new Date(seconds * 1000);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
