import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets or signatures are equal. Compares in constant time, so that the time reveals neither. */
export function isSameSecret(given: string, expected: string): boolean {
  // Comparing in constant time requires equal lengths, which hashes have.
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
