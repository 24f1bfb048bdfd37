import { recipientsInDoubt } from './claim-chunk.ts';
import { timeOfMessageId } from '../message-id.ts';
import type { Chunk } from '../message.ts';
import type { OutboundCarrier } from '../outbound-carrier.ts';
import { parseSender } from '../compose/sender.ts';
import { retryDelays } from './retry-delays.ts';
import type { ChooseCarrierDeps } from '../deps.ts';

/** The carriers that may send a chunk. */
export interface Route {
  /** In the order in which they are asked. */
  carriers: readonly OutboundCarrier[];
  /** Whether the service wants messages in doubt sent again. */
  resendInDoubt: boolean;
}

/** Returns the carriers that can send a chunk, in the order in which its service names them; default: all carriers. */
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
 * Tells whether recipients are in doubt and their carrier must not be asked again, because it does not recognise
 * repeats. If each attempt ends its worker, a chunk would be tried for ever; so when the attempts are used up, an
 * idempotent carrier is not asked again either.
 */
export function isInDoubt(chunk: Chunk, route: Route, deps: ChooseCarrierDeps): boolean {
  return recipientsInDoubt(chunk).length > 0 && (!recognisesRepeats(chunk, route, deps) || isUsedUp(chunk));
}

/** Tells whether a chunk in doubt may be sent to no carrier again. */
export function isDoubtFinal(chunk: Chunk, { resendInDoubt, carriers }: Route): boolean {
  return !resendInDoubt || carriers.length === 0 || isUsedUp(chunk);
}

const isUsedUp = ({ attempts }: Chunk): boolean => attempts > retryDelays.length;

/** Tells whether the carrier that has a chunk, or may have it, recognises a repeat. */
function recognisesRepeats({ carrier }: Chunk, { carriers }: Route, deps: ChooseCarrierDeps): boolean {
  const holder = carrier === undefined ? carriers[0] : deps.carriers.byName.get(carrier);
  return holder?.capabilities.idempotent === true;
}

/** How long a message may wait for its carriers without using up attempts, in seconds. */
const maxWaitSeconds = 24 * 3_600;

/** Tells whether a chunk has waited so long that waiting counts as an attempt. */
export function isOverdue({ messageId }: Chunk, now: Date): boolean {
  return now.getTime() - timeOfMessageId(messageId) > maxWaitSeconds * 1000;
}

/**
 * Returns the seconds after which the worker asks a busy carrier again, if the carrier did not say when: a tenth of the
 * time that the message has waited, at least 2 and at most 300.
 */
export function throttleDelay({ messageId }: Chunk, now: Date): number {
  const waited = (now.getTime() - timeOfMessageId(messageId)) / 1000;
  return Math.ceil(Math.min(Math.max(waited / 10, 2), 300));
}

/** What a worker does next with a chunk: submit recipients to a carrier, wait, or nothing. */
export type NextStep =
  | { carrier: OutboundCarrier; recipientIndexes: readonly number[] }
  | { waitSeconds: number }
  | 'none';

/**
 * Chooses the next step: the first carrier of the route that has room, and as many of its pending recipients as it
 * takes at once. An idempotent carrier gets all of them, because none would be in doubt after a crash.
 *
 * @param pending returns the indexes of the recipients that a carrier may still get
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
    // Recipients in doubt come first and all together: otherwise the carrier would take them for new ones.
    const [doubted, others] = [
      recipientIndexes.filter(isDoubted),
      recipientIndexes.filter((recipientIndex) => !isDoubted(recipientIndex)),
    ];
    const wanted = idempotent ? [...doubted, ...others] : recipientIndexes.slice(0, batchSize);
    const answer = await deps.carriers.limiter.acquire(carrier, { sender, protocol, count: wanted.length });
    const { acquired, waitSeconds, isDown = false } = answer;
    if (acquired > 0) return { carrier, recipientIndexes: wanted.slice(0, Math.max(acquired, doubted.length)) };
    // The worker waits for a busy carrier; it asks the next carrier only if this one is unavailable.
    if (!isDown) return { waitSeconds };
    shortest = Math.min(shortest ?? waitSeconds, waitSeconds);
  }
  return shortest === undefined ? 'none' : { waitSeconds: shortest };
}

/**
 * Returns the carriers to ask. Recipients in doubt go only to the carrier that may have them, if it recognises repeats.
 */
function candidatesFor(chunk: Chunk, route: Route, deps: ChooseCarrierDeps): readonly OutboundCarrier[] {
  const holder = chunk.carrier === undefined ? undefined : deps.carriers.byName.get(chunk.carrier);
  const isHeld = holder?.capabilities.idempotent === true && recipientsInDoubt(chunk).length > 0;
  return isHeld ? [holder] : route.carriers;
}
