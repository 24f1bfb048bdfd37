import { recipientsInDoubt } from './claim-chunk.ts';
import { timeOfMessageId } from '../message-id.ts';
import type { Chunk } from '../message.ts';
import type { OutboundCarrier } from '../ports.ts';
import { parseSender } from '../compose/sender.ts';
import { retryDelays } from './retry-delays.ts';
import type { ChooseCarrierDeps } from '../deps.ts';

/** Who may send a chunk. */
export interface Route {
  /** In the order in which they are asked. */
  carriers: readonly OutboundCarrier[];
  /** Whether those are sent to again of whom nobody knows whether the carrier has them. */
  resendInDoubt: boolean;
}

/** The carriers that can send a chunk, as its service names them, or all that there are. */
export async function routeOf(chunk: Chunk, { carriers, directory }: ChooseCarrierDeps): Promise<Route> {
  const services = await directory.services(chunk.customerId);
  const service = services.find(({ id }) => id === chunk.serviceId);
  const named = service?.carriers ?? [...carriers.byName.keys()];
  const able = named.flatMap((name) => carriers.byName.get(name) ?? []).filter((carrier) => canSend(carrier, chunk));
  return { carriers: able, resendInDoubt: service?.resendInDoubt === true };
}

function canSend({ capabilities }: OutboundCarrier, { protocol, sender, template, buttons }: Chunk): boolean {
  const { protocols, senderKinds, sendsTemplates, sendsButtons, whatsappNumbers } = capabilities;
  if (!protocols.includes(protocol)) return false;
  if (protocol === 'WhatsApp') {
    const isCarried = (template === undefined || sendsTemplates) && (buttons === undefined || sendsButtons);
    return isCarried && (whatsappNumbers?.includes(sender) ?? true);
  }
  const kind = parseSender(sender)?.kind;
  return kind === undefined || senderKinds.includes(kind);
}

/**
 * Whether something was handed over of which nobody knows how it ended, and its carrier is not to be asked again: it
 * would recognise no repeat. A chunk that ends its worker each time would otherwise be tried for ever, so after so many
 * attempts it is not asked either.
 */
export function isInDoubt(chunk: Chunk, route: Route, deps: ChooseCarrierDeps): boolean {
  return recipientsInDoubt(chunk).length > 0 && (!isAskedAgain(chunk, route, deps) || isUsedUp(chunk));
}

/** Of a chunk that is in doubt: whether nobody may be sent to again. */
export function isDoubtFinal(chunk: Chunk, { resendInDoubt, carriers }: Route): boolean {
  return !resendInDoubt || carriers.length === 0 || isUsedUp(chunk);
}

const isUsedUp = ({ attempts }: Chunk): boolean => attempts > retryDelays.length;

/** Whether the carrier that has a chunk, or may have it, recognises a repeat. */
function isAskedAgain({ carrier }: Chunk, { carriers }: Route, deps: ChooseCarrierDeps): boolean {
  const holder = carrier === undefined ? carriers[0] : deps.carriers.byName.get(carrier);
  return holder?.capabilities.idempotent === true;
}

/** Seconds that a message may wait for its carriers without spending attempts. */
const patienceSeconds = 24 * 3_600;

/** Whether a chunk has waited for so long that waiting counts as trying. */
export function isOverdue({ messageId }: Chunk, now: Date): boolean {
  return now.getTime() - timeOfMessageId(messageId) > patienceSeconds * 1000;
}

/** Seconds after which a carrier that has no room is asked again, unless it says when: the longer the message waits, the later. */
export function throttleDelay({ messageId }: Chunk, now: Date): number {
  const waited = (now.getTime() - timeOfMessageId(messageId)) / 1000;
  return Math.ceil(Math.min(Math.max(waited / 10, 2), 300));
}

/** What a worker does next with a chunk: hand recipients to a carrier, wait so many seconds, or nothing. */
export type NextStep =
  | { carrier: OutboundCarrier; recipientIndexes: readonly number[] }
  | { waitSeconds: number }
  | 'none';

/**
 * Chooses who gets whom next: the first carrier of the route that has room, and of those that it hasn't had as many as it
 * takes at once. Where a repeat is recognised that is all of them, since then nobody is in doubt after a crash.
 *
 * @param pending which of the chunk's recipients a carrier may still get
 */
export async function nextStep(
  chunk: Chunk,
  route: Route,
  pending: (carrier: OutboundCarrier) => readonly number[],
  deps: ChooseCarrierDeps,
): Promise<NextStep> {
  const { sender, protocol } = chunk;
  const inDoubt = new Set(recipientsInDoubt(chunk));
  const isDoubted = (recipientIndex: number): boolean => inDoubt.has(recipientIndex);
  let shortest: number | undefined;
  for (const carrier of candidatesFor(chunk, route, deps)) {
    const recipientIndexes = pending(carrier);
    if (recipientIndexes.length === 0) continue;
    const { idempotent, batchSize } = carrier.capabilities;
    // What is asked about again comes first, and whole: it would else be taken for something new.
    const [doubted, others] = [
      recipientIndexes.filter(isDoubted),
      recipientIndexes.filter((recipientIndex) => !isDoubted(recipientIndex)),
    ];
    const wanted = idempotent ? [...doubted, ...others] : recipientIndexes.slice(0, batchSize);
    const answer = await deps.carriers.limiter.acquire(carrier, { sender, protocol, count: wanted.length });
    const { acquired, waitSeconds, isDown = false } = answer;
    if (acquired > 0) return { carrier, recipientIndexes: wanted.slice(0, Math.max(acquired, doubted.length)) };
    // One that is busy is waited for; another carrier stands in for one that can't be had.
    if (!isDown) return { waitSeconds };
    shortest = Math.min(shortest ?? waitSeconds, waitSeconds);
  }
  return shortest === undefined ? 'none' : { waitSeconds: shortest };
}

/** What may be at a carrier is asked of that one alone, which recognises the repeat. */
function candidatesFor(chunk: Chunk, route: Route, deps: ChooseCarrierDeps): readonly OutboundCarrier[] {
  const holder = chunk.carrier === undefined ? undefined : deps.carriers.byName.get(chunk.carrier);
  const isHeld = holder?.capabilities.idempotent === true && recipientsInDoubt(chunk).length > 0;
  return isHeld ? [holder] : route.carriers;
}
