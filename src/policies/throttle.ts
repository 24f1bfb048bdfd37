import { createCallCount } from './call-count.ts';
import type { CallCount } from './call-count.ts';
import { createHeldPermits } from './held-permits.ts';
import type { HeldPermits } from './held-permits.ts';
import { planPermits, windowMs } from './permit-plan.ts';
import type { PermitStore } from './permit-store.ts';

/** Whether a call may proceed. */
export type PermitResult =
  /** `failure` says why storage could not be asked. */
  | { allowed: true; failure?: unknown }
  /** After this time one more call is allowed, if no other call comes first. */
  | { allowed: false; retryAfterSeconds: number };

/** Counts calls per connection. */
export interface Throttle {
  /** Asks for a permit for one call of a connection that may make `limit` calls in 60 seconds, from 1 to 100,000. */
  take(connection: string, limit: number): Promise<PermitResult>;
}

/** What a throttle depends on. */
export interface ThrottleDeps {
  store: PermitStore;
  now: () => Date;
  /** Resolves after the given time. */
  wait: (milliseconds: number) => Promise<unknown>;
  random: () => number;
}

/** What this instance knows of one connection. Times are Unix times in milliseconds. */
interface Connection {
  limit: number;
  permits: HeldPermits;
  /** Calls that were allowed; the throttle decides by this count if storage fails. */
  passed: CallCount;
  waiting: ((result: PermitResult) => void)[];
  isBusy: boolean;
  listedAt: number;
  /** Until then, no permit can be free. */
  refusedUntil: number;
  askedAt: number;
}

/** How long storage may take before the throttle decides without it, in milliseconds. */
const patienceMs = 2_000;
/** How long the throttle doesn't ask storage after a failure, in milliseconds. */
const pauseMs = 5_000;
/** How long a list of permits counts as current after it was read, in milliseconds. */
const beliefMs = 5_000;
/** How often a write that conflicts with other instances is tried. */
const maxAttempts = 10;
/** How long a connection may be idle before this instance forgets it, in milliseconds. */
const idleMs = 5 * windowMs;

/**
 * Creates a throttle that limits calls per connection in any 60 seconds, over all instances that share a store. A
 * connection has 10 % more permits than its limit, each good for one call in 60 seconds. With one write, an instance
 * takes the permits that it needs and a few for later calls ({@link planPermits} says how many). It uses them without
 * another write while its lease of 90 seconds lasts. Every write also gives back permits that were kept for too long.
 * So a crash keeps permits from others for at most 90 seconds, and nothing has to be given back when a connection
 * becomes idle.
 *
 * Calls that come while the throttle asks storage share the next write. After a refusal, the throttle refuses without
 * asking until the first permit can be free.
 *
 * With more than 8 instances, the permits that others keep in reserve may be missing; the calls never exceed all
 * permits. With a limit of 100 each instance keeps up to 3, so at worst the first refusal was at the 66th call of 60
 * seconds with 16 instances and at the 37th with 32. Simulated near the limit it was at the 88th and at the 49th, at
 * 0.3 to 1.0 and 0.5 to 1.4 operations per call.
 *
 * If clocks differ, an instance can use a permit of another one early by that difference. The limit then holds for 60
 * seconds less the difference.
 *
 * If storage fails or takes longer than 2 seconds, calls are allowed, and the result carries the failure for the log:
 * messages matter more than the limit. Each instance then counts for itself and refuses beyond the limit, so that a
 * flood gains at most the limit once per instance. The throttle asks storage again after 5 seconds.
 */
export function createThrottle({ store, now, wait, random }: ThrottleDeps): Throttle {
  const connections = new Map<string, Connection>();
  const time = (): number => now().getTime();
  let sweptAt = 0;
  let pausedUntil = 0;
  let slack = 0;

  function find(key: string, limit: number): Connection {
    const at = time();
    if (sweptAt + windowMs <= at) {
      sweptAt = at;
      for (const [name, { askedAt, isBusy }] of connections)
        if (!isBusy && askedAt + idleMs <= at) connections.delete(name);
    }
    let connection = connections.get(key);
    if (connection?.limit !== limit) {
      connection = {
        limit,
        permits: createHeldPermits(planPermits(limit), random),
        passed: connection?.passed ?? createCallCount(),
        waiting: [],
        isBusy: false,
        listedAt: Number.NEGATIVE_INFINITY,
        refusedUntil: 0,
        askedAt: at,
      };
      connections.set(key, connection);
    }
    connection.askedAt = at;
    return connection;
  }

  function pass(connection: Connection, failure?: unknown): PermitResult {
    connection.passed.add(time());
    return failure === undefined ? { allowed: true } : { allowed: true, failure };
  }

  /** Decides without storage; undefined if storage has to be asked. */
  function answerAtOnce(connection: Connection): PermitResult | undefined {
    const at = time();
    if (connection.permits.useOne(at)) return pass(connection);
    if (at < connection.refusedUntil) return refusal(connection.refusedUntil - at);
    if (at < pausedUntil) return answerAlone(connection);
    return undefined;
  }

  /** Decides by this instance's own count. */
  function answerAlone(connection: Connection, failure?: unknown): PermitResult {
    const at = time();
    if (connection.passed.count(at) < connection.limit) return pass(connection, failure);
    return refusal(connection.passed.nextAt(at) - at);
  }

  /** Answers all waiting calls, and those that come meanwhile. */
  async function serve(key: string, connection: Connection): Promise<void> {
    connection.isBusy = true;
    const { waiting } = connection;
    for (;;) {
      while (waiting.length > 0) {
        const answer = answerAtOnce(connection);
        if (answer === undefined) break;
        waiting.shift()?.(answer);
      }
      if (waiting.length === 0) break;
      try {
        await ask(key, connection);
      } catch (failure) {
        pausedUntil = time() + pauseMs;
        // Nobody knows what the write did, so everything known before is void.
        connection.permits = createHeldPermits(planPermits(connection.limit), random);
        connection.listedAt = Number.NEGATIVE_INFINITY;
        for (const answer of waiting.splice(0)) answer(answerAlone(connection, failure));
      }
    }
    connection.isBusy = false;
  }

  /** Asks storage once for all waiting calls: allows some of them, or records until when no permit can be free. */
  async function ask(key: string, connection: Connection): Promise<void> {
    const { permits, waiting } = connection;
    let isListed = false;
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const at = time();
      const write = permits.plan(waiting.length, { at, slack, withPool: connection.listedAt + beliefMs > at });
      if (isListed && write.calls === 0) {
        connection.refusedUntil = permits.nextAt(at);
        return;
      }
      if (isListed || write.calls === waiting.length) {
        const versions = await patiently(store.write(key, write.changes));
        if (versions !== 'conflict') {
          const doneAt = time();
          slack = Math.max(doneAt - at, slack / 2);
          write.done(versions, doneAt);
          for (const answer of waiting.splice(0, write.calls)) answer(pass(connection));
          return;
        }
      }
      permits.learn(await patiently(store.list(key)));
      connection.listedAt = time();
      isListed = true;
    }
    connection.refusedUntil = time() + 1_000;
  }

  async function patiently<Result>(operation: Promise<Result>): Promise<Result> {
    const impatience = wait(patienceMs).then((): never => {
      throw new Error('storage took more than 2 seconds to count calls');
    });
    return Promise.race([operation, impatience]);
  }

  return {
    async take(key, limit) {
      const connection = find(key, limit);
      const answer = connection.isBusy ? undefined : answerAtOnce(connection);
      if (answer !== undefined) return answer;
      const { promise, resolve } = Promise.withResolvers<PermitResult>();
      connection.waiting.push(resolve);
      if (!connection.isBusy) void serve(key, connection);
      return promise;
    },
  };
}

function refusal(milliseconds: number): PermitResult {
  return { allowed: false, retryAfterSeconds: Math.max(1, Math.ceil(milliseconds / 1_000)) };
}
