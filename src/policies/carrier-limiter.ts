import { parseSender } from '../messages/index.ts';
import type {
  CarrierLimiter,
  OutboundCarrier,
  Protocol,
  SenderKind,
  SendingRate,
  SendOutcome,
} from '../messages/index.ts';
import { createBreaker } from './breaker.ts';
import type { Breaker } from './breaker.ts';
import type { Throttle } from './throttle.ts';

/** Reasons that say that a carrier can't be had by anybody: it is away, or doesn't answer. */
const outages: ReadonlySet<string | undefined> = new Set(['carrierUnavailable', 'inDoubt']);

/** Senders of whom it is known that they can't be had; beyond it, all are forgotten. */
const maxBreakers = 10_000;

/**
 * Lets calls of carriers through: none while a carrier can't be had, none of a sender while its settings are wrong there,
 * and no more messages of a sender than its rate, over all instances that share the throttle's store. What can't be had
 * is each instance's own finding.
 *
 * @param rates an operator's limits by the carrier's name, which take the place of the carrier's own
 */
export function createCarrierLimiter({
  throttle,
  rates = new Map(),
  now,
}: {
  throttle: Throttle;
  rates?: ReadonlyMap<string, SendingRate>;
  now: () => Date;
}): CarrierLimiter {
  const breakers = new Map<string, Breaker>();
  const breakerOf = (...key: readonly string[]): Breaker => {
    const name = JSON.stringify(key);
    const breaker = breakers.get(name) ?? createBreaker(now);
    if (breakers.size >= maxBreakers) breakers.clear();
    breakers.set(name, breaker);
    return breaker;
  };

  /** How many of so many messages a rate lets through. */
  async function count(
    carrier: OutboundCarrier,
    { sender, protocol, count: wanted }: { sender: string; protocol: Protocol; count: number },
  ): Promise<{ acquired: number; waitSeconds: number }> {
    const rate = rates.get(carrier.name) ?? rateFor(carrier, protocol, sender);
    if (rate === undefined) return { acquired: wanted, waitSeconds: 0 };
    const key = JSON.stringify(['carrier', carrier.name, ...(rate.per === 'sender' ? [protocol, sender] : [])]);
    for (let acquired = 0; acquired < wanted; acquired++) {
      const result = await throttle.take(key, rate.perMinute);
      if (!result.allowed) return { acquired, waitSeconds: result.retryAfterSeconds };
    }
    return { acquired: wanted, waitSeconds: 0 };
  }

  return {
    async acquire(carrier, messages) {
      const affected = [breakerOf(carrier.name), breakerOf(carrier.name, messages.sender)];
      const retryAfterSeconds = Math.max(...affected.map((breaker) => breaker.retryAfterSeconds()));
      if (retryAfterSeconds > 0) return { acquired: 0, waitSeconds: retryAfterSeconds, isDown: true };
      const answer = await count(carrier, messages);
      if (answer.acquired > 0) for (const breaker of affected) breaker.begin();
      return answer;
    },
    report(carrier, sender, outcomes) {
      if (outcomes.length === 0) return;
      breakerOf(carrier.name).report(outcomes.every(isOutage) ? 'failed' : 'answered');
      breakerOf(carrier.name, sender).report(outcomes.every(isMisconfigured) ? 'failed' : 'answered');
    },
  };
}

function isOutage(outcome: SendOutcome): boolean {
  return (outcome.outcome === 'retry' || outcome.outcome === 'unknown') && outages.has(outcome.reason);
}

/** The carrier doesn't know us, or not this sender; others of it may be in order. */
function isMisconfigured(outcome: SendOutcome): boolean {
  return outcome.outcome === 'retry' && outcome.reason === 'carrierSettings';
}

/** The first of a carrier's rates that is about a message. */
function rateFor({ capabilities }: OutboundCarrier, protocol: Protocol, sender: string): SendingRate | undefined {
  const kind: SenderKind | undefined = parseSender(sender)?.kind;
  return capabilities.rates.find(
    (rate) =>
      (rate.protocol === undefined || rate.protocol === protocol) &&
      (rate.senderKind === undefined || rate.senderKind === kind),
  );
}
