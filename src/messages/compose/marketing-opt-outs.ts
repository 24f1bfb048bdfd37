import type { Customer } from '../../operation/access.ts';
import type { MarketingOptOutsDeps } from '../deps.ts';

/**
 * Resolves to the numbers that must not get this customer's advertisements: those that opted out of any of its WhatsApp
 * identities. They still get other messages.
 */
export async function marketingOptOuts(
  { id }: Customer,
  { directory, optOuts }: MarketingOptOutsDeps,
): Promise<ReadonlySet<string>> {
  const identities = await directory.whatsappIdentities(id);
  const lists = await Promise.all(identities.map((identity) => optOuts.numbers(identity)));
  return new Set(lists.flatMap((numbers) => [...numbers]));
}
