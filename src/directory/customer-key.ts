import { createHash } from 'node:crypto';

/** Digits of a customer's key. */
export const customerKeyLength = 8;

/**
 * The hexadecimal digits that follow from a customer. Ids of what belongs to a customer hold them, so that a look at an
 * id tells that it is somebody else's, before anything of theirs is read. Two customers may share them, so they never
 * tell that something is one's own.
 */
export function customerKey(customerId: string): string {
  return createHash('sha256').update(customerId).digest('hex').slice(0, customerKeyLength);
}
