import { UsageError } from './subcommand.ts';
import type { Options } from './subcommand.ts';

/* Options of subcommands that show a list, or that do something with everything on it. */

const defaultLimit = 100;

export const allOption = { help: 'takes everything that the list shows' };

export const limitOption = { value: 'N', help: `at most N; default: ${defaultLimit}` };

/** The options of a list whose entries belong to customers. */
export const listOptions = {
  customer: { value: 'ID', help: 'only what belongs to this customer' },
  limit: limitOption,
} satisfies Options;

/**
 * Reads the option `limit`; default: 100.
 *
 * @throws UsageError if it is not a whole number of at least 1
 */
export function readLimit(text = String(defaultLimit)): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new UsageError(`--limit must be a whole number of at least 1, not '${text}'.`);
  }
  return limit;
}

/** Converts the values of {@link listOptions} to the query for a store. */
export function readListQuery({ customer, limit }: { customer?: string; limit?: string }): {
  customerId?: string;
  limit: number;
} {
  return { limit: readLimit(limit), ...(customer === undefined ? {} : { customerId: customer }) };
}
