import type { ParentDeps } from './deps.ts';
import { mayBeMessageOf } from '../messages/index.ts';
import type { ReplyLink } from '../messages/index.ts';
import type { Customer } from '../operation/access.ts';
import { parseInboundIdOf } from './inbound-id.ts';

/**
 * Finds the message that a reply answers, inbound or sent by us, and returns how the reply is linked to its thread.
 * Resolves to undefined if the id is not a message id, or the message is unknown or another customer's.
 */
export async function findParent(
  id: string,
  customer: Customer,
  { inbound, messages }: ParentDeps,
): Promise<ReplyLink | undefined> {
  const inboundId = parseInboundIdOf(customer.id, id);
  if (inboundId !== undefined) {
    const message = (await inbound.store.read(inboundId))?.message;
    if (message?.customerId !== customer.id) return undefined;
    const { threadId, sender } = message;
    return threadId === undefined ? {} : { threadId, phone: sender };
  }
  const header = mayBeMessageOf(customer.id, id) ? await messages.store.readHeader(id) : undefined;
  return header?.customerId === customer.id ? {} : undefined;
}
