import { createHash, timingSafeEqual } from 'node:crypto';

/** Whether two secrets or signatures are the same, in a time that says nothing of either. */
export function isSameSecret(given: string, expected: string): boolean {
  // Hashes have one length, which comparing in constant time demands.
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
