import type {
  CarrierGate,
  OutboundCarrier,
  Protocol,
  SenderKind,
  SendingRate,
  SendOutcome,
} from '../messages/index.ts';
import { parseSender } from '../messages/index.ts';
import { createBreaker } from './breaker.ts';
import type { Breaker } from './breaker.ts';
import type { Throttle } from './throttling.ts';

/** Reasons that say that a carrier can't be had: it is away, it doesn't answer, or it doesn't know us. */
const outages: ReadonlySet<string | undefined> = new Set(['carrierUnavailable', 'inDoubt', 'carrierSettings']);

/**
 * Lets calls of carriers through: none while a carrier can't be had, and no more messages of a sender than its rate,
 * over all instances that share the throttle's store. The outage is each instance's own finding.
 *
 * @param rates an operator's limits by the carrier's name, which take the place of the carrier's own
 */
export function createCarrierGate({
  throttle,
  rates = new Map(),
  now,
}: {
  throttle: Throttle;
  rates?: ReadonlyMap<string, SendingRate>;
  now: () => Date;
}): CarrierGate {
  const breakers = new Map<string, Breaker>();
  const breakerOf = ({ name }: OutboundCarrier): Breaker => {
    const breaker = breakers.get(name) ?? createBreaker(now);
    breakers.set(name, breaker);
    return breaker;
  };

  return {
    async admit(carrier, { sender, protocol, count }) {
      const closedFor = breakerOf(carrier).ask();
      if (closedFor > 0) return { admitted: 0, waitSeconds: closedFor };
      const rate = rates.get(carrier.name) ?? rateFor(carrier, protocol, sender);
      if (rate === undefined) return { admitted: count, waitSeconds: 0 };
      const key = JSON.stringify(['carrier', carrier.name, ...(rate.per === 'sender' ? [protocol, sender] : [])]);
      for (let admitted = 0; admitted < count; admitted++) {
        const passage = await throttle.take(key, rate.perMinute);
        if (!passage.allowed) return { admitted, waitSeconds: passage.retryAfterSeconds };
      }
      return { admitted: count, waitSeconds: 0 };
    },
    note(carrier, outcomes) {
      if (outcomes.length === 0) return;
      breakerOf(carrier).note(outcomes.every(isOutage) ? 'failed' : 'answered');
    },
  };
}

function isOutage(outcome: SendOutcome): boolean {
  return (outcome.outcome === 'retry' || outcome.outcome === 'unknown') && outages.has(outcome.reason);
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
