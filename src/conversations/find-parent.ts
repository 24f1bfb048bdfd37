import type { ParentDeps } from './deps.ts';
import { mayBeMessageOf } from '../messages/index.ts';
import type { ReplyLink } from '../messages/index.ts';
import type { Customer } from '../operation/access.ts';
import { parseInboundIdOf } from './inbound-id.ts';

/**
 * Finds the message that a reply answers, be it a phone's or one of ours, and how the reply is linked to its thread.
 * Undefined for an id that is none, or another customer's.
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
