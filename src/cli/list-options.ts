import { UsageError } from './subcommand.ts';
import type { Options } from './subcommand.ts';

/* Options of subcommands that list things, or that do something with all that the list shows. */

const defaultLimit = 100;

export const allOption = { help: 'takes everything that the list shows' };

export const limitOption = { value: 'N', help: `at most N; default: ${defaultLimit}` };

/** Options of a list that customers have a share of. */
export const listOptions = {
  customer: { value: 'ID', help: 'only what belongs to this customer' },
  limit: limitOption,
} satisfies Options;

/** Reads the option `limit`. */
export function readLimit(text = String(defaultLimit)): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new UsageError(`--limit must be a whole number of at least 1, not '${text}'.`);
  }
  return limit;
}

/** What a store is to list, as {@link listOptions} say. */
export function readListQuery({ customer, limit }: { customer?: string; limit?: string }): {
  customerId?: string;
  limit: number;
} {
  return { limit: readLimit(limit), ...(customer === undefined ? {} : { customerId: customer }) };
}
