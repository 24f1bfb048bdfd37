import { readIdentity } from '../directory/index.ts';
import type { DirectoryDeps } from '../directory/index.ts';
import type { Caller } from '../operation/access.ts';
import { inPath } from '../operation/define-operation.ts';
import { apiError } from '../operation/errors.ts';
import { text } from '../operation/schema.ts';
import { parsePhoneNumber } from '../phone-numbers/index.ts';
import type { OptOutList } from './opt-out-list.ts';
import type { OptOut } from './ports.ts';

/** Dependencies of opting out and in. */
export type OptOutDeps = DirectoryDeps & { optOuts: OptOutList };

/** The parameters of both operations. */
export const optOutParameters = {
  Sender: inPath(text({ title: 'Sender address', description: 'The WhatsApp number that sends.' })),
  Recipient: inPath(
    text({
      title: 'Recipient address',
      description: '358401234567: country code and number, without + or 00.',
    }),
  ),
};

/**
 * Reads both parameters. The sender must be an identity of a customer that the caller is assigned to; an unknown
 * identity and another customer's get the same error.
 *
 * @throws {ApiError} IdentityNotFound or InvalidPhoneNumber
 */
export async function readOptOut(
  { Sender: sender, Recipient: recipient }: { Sender: string; Recipient: string },
  { userId }: Caller,
  { directory }: DirectoryDeps,
): Promise<OptOut> {
  const identity = readIdentity(sender);
  const owner = identity === undefined ? undefined : await directory.identityOwner(identity);
  const user = await directory.user(userId);
  if (identity === undefined || owner === undefined || user?.customerIds.includes(owner) !== true) {
    throw apiError('IdentityNotFound', { target: 'Sender' });
  }
  const customer = await directory.customer(owner);
  const parsed = parsePhoneNumber(recipient, customer === undefined ? [] : [customer.region]);
  if (parsed === undefined) throw apiError('InvalidPhoneNumber', { target: 'Recipient' });
  return { identity, number: parsed.number };
}
