import type { DirectoryDeps } from '../../directory/index.ts';
import type { Customer } from '../../operation/access.ts';
import type { OptOutList } from '../../opt-outs/index.ts';

/** What finding opt-outs reads; all of it through caches. */
export type MarketingOptOutsDeps = DirectoryDeps & { optOuts: OptOutList };

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
