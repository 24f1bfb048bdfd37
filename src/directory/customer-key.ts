import { createHash } from 'node:crypto';

/** The number of digits of a customer's key. */
export const customerKeyLength = 8;

/**
 * Returns the key of a customer: hexadecimal digits that follow from its id. Ids of what belongs to a customer contain
 * the key, so that an id of another customer is recognised before anything of that customer is read. Two customers may
 * have the same key, so an equal key does not prove that something belongs to a customer.
 */
export function customerKey(customerId: string): string {
  return createHash('sha256').update(customerId).digest('hex').slice(0, customerKeyLength);
}
