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

/** Reasons that mean that the carrier is unavailable to everybody: it is down, or doesn't answer. */
const outages: ReadonlySet<string | undefined> = new Set(['carrierUnavailable', 'inDoubt']);

/** The largest number of breakers in memory; beyond it, the limiter forgets all of them. */
const maxBreakers = 10_000;

/**
 * Creates the limiter of calls to carriers. It refuses all calls while a carrier is unavailable, and the calls of one
 * sender while the carrier refuses that sender because of wrong settings. It also keeps the messages within the rate of
 * the sender or carrier. The rate holds over all instances that share the throttle's store; each instance finds out by
 * itself what is unavailable.
 *
 * @param options.rates an operator's limits by the carrier's name, which replace the carrier's own rates
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

  /**
   * Takes permits for up to `wanted` messages. Resolves to how many it got, and to the seconds after which to ask for
   * the rest; 0 if it got all.
   */
  async function takePermits(
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
      const answer = await takePermits(carrier, messages);
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

/** Tells whether the carrier refuses us, or only this sender; its other senders may work. */
function isMisconfigured(outcome: SendOutcome): boolean {
  return outcome.outcome === 'retry' && outcome.reason === 'carrierSettings';
}

/** Returns the first of a carrier's rates that applies to a message. */
function rateFor({ capabilities }: OutboundCarrier, protocol: Protocol, sender: string): SendingRate | undefined {
  const kind: SenderKind | undefined = parseSender(sender)?.kind;
  return capabilities.rates.find(
    (rate) =>
      (rate.protocol === undefined || rate.protocol === protocol) &&
      (rate.senderKind === undefined || rate.senderKind === kind),
  );
}
