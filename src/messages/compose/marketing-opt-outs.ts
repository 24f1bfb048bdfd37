import type { Customer } from '../../operation/access.ts';
import type { MarketingOptOutsDeps } from '../deps.ts';

/**
 * The numbers that an advertisement of this customer must not go to: those that opted out of any of its WhatsApp
 * identities. A message that is no advertisement goes to them all the same.
 */
export async function marketingOptOuts(
  { id }: Customer,
  { directory, optOuts }: MarketingOptOutsDeps,
): Promise<ReadonlySet<string>> {
  const identities = await directory.whatsappIdentities(id);
  const lists = await Promise.all(identities.map((identity) => optOuts.numbers(identity)));
  return new Set(lists.flatMap((numbers) => [...numbers]));
}
