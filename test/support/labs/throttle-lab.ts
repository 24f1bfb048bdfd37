import { setImmediate as afterMicrotasks } from 'node:timers/promises';

import type { PermitStore } from '../../../src/policies/permit-store.ts';
import { createThrottle } from '../../../src/policies/throttle.ts';
import type { PermitResult } from '../../../src/policies/throttle.ts';
import { createMemoryPermitStore } from '../fakes/permit-store.ts';
import { seededRandom } from '../tools/random.ts';

/** A call to an instance. Times are in milliseconds since the start. */
export interface LabCall {
  at: number;
  answeredAt: number;
  instance: number;
  result: PermitResult;
}

/**
 * Creates instances of a throttle on one store, in simulated time: only the test lets time pass. A storage operation
 * takes `latencyMs`, which can differ by instance, and its effect takes place in the middle of that time.
 */
export function createThrottleLab({
  instances,
  limit: givenLimit = 100,
  seed = 1,
  latencyMs = 10,
  clockErrorMs = () => 0,
}: {
  instances: number;
  limit?: number;
  seed?: number;
  latencyMs?: number | readonly number[];
  /** How many milliseconds the clock of an instance is ahead. */
  clockErrorMs?: (instance: number) => number;
}) {
  const random = seededRandom(seed);
  const start = Date.parse('2026-11-24T10:00:00.000Z');
  let elapsed = 0;
  let limit = givenLimit;
  let losesAnswers = false;
  let timers: { at: number; fire: () => void }[] = [];
  const memory = createMemoryPermitStore();
  const operations: { at: number; name: 'list' | 'write' | 'conflict'; permits: number }[] = [];
  const calls: LabCall[] = [];
  let fault: (() => Promise<unknown>) | undefined;

  const wait = (milliseconds: number): Promise<void> =>
    new Promise((fire) => {
      timers.push({ at: elapsed + milliseconds, fire });
    });

  async function operate<Result>(instance: number, operation: () => Promise<Result>): Promise<Result> {
    const latency = typeof latencyMs === 'number' ? latencyMs : (latencyMs[instance] ?? 0);
    await wait(latency / 2);
    await fault?.();
    const result = await operation();
    if (losesAnswers) throw new Error('the answer is lost');
    await wait(latency / 2);
    return result;
  }

  const storeOf = (instance: number): PermitStore => ({
    list: (key) =>
      operate(instance, async () => {
        const permits = await memory.list(key);
        operations.push({ at: elapsed, name: 'list', permits: permits.length });
        return permits;
      }),
    write: (key, changes) =>
      operate(instance, async () => {
        const versions = await memory.write(key, changes);
        const name = versions === 'conflict' ? 'conflict' : 'write';
        operations.push({ at: elapsed, name, permits: changes.length });
        return versions;
      }),
  });

  const throttles = Array.from({ length: instances }, (_, instance) =>
    createThrottle({
      store: storeOf(instance),
      now: () => new Date(start + elapsed + clockErrorMs(instance)),
      wait,
      random: () => random.below(1_000_000) / 1_000_000,
    }),
  );

  async function call(instance: number, connection = 'tenant user application'): Promise<PermitResult> {
    const at = elapsed;
    const result = await throttles[instance]!.take(connection, limit);
    calls.push({ at, answeredAt: elapsed, instance, result });
    return result;
  }

  /** Lets time pass until a moment, in milliseconds since the start. */
  async function play(until: number): Promise<void> {
    for (;;) {
      await afterMicrotasks();
      const next = Math.min(...timers.map(({ at }) => at));
      if (next > until) break;
      elapsed = Math.max(elapsed, next);
      const fired = timers.filter(({ at }) => at <= elapsed);
      timers = timers.filter(({ at }) => at > elapsed);
      for (const { fire } of fired) fire();
    }
    elapsed = Math.max(elapsed, until);
  }

  return {
    random,
    operations,
    calls,
    play,
    elapsed: () => elapsed,
    /** Makes a call now, and lets time pass until it is answered. */
    async callNow(instance = 0, connection?: string): Promise<PermitResult> {
      const answer = call(instance, connection);
      for (;;) {
        const settled = await Promise.race([answer, afterMicrotasks(undefined)]);
        if (settled !== undefined) return settled;
        await play(Math.min(...timers.map(({ at }) => at)));
      }
    },
    /** Makes calls at the given moments. */
    async load(arrivals: readonly { at: number; instance: number }[]): Promise<void> {
      for (const { at, instance } of [...arrivals].sort((left, right) => left.at - right.at)) {
        await play(at);
        void call(instance);
      }
      await play(elapsed + 5_000);
    },
    /** Changes the limit of later calls. */
    setLimit(calls: number): void {
      limit = calls;
    },
    /** Runs `before` before every later storage operation, for example to fail; without it, storage works again. */
    breakStore(before?: () => Promise<unknown>): void {
      fault = before;
    },
    /** Sets whether later storage operations take effect but their answers are lost. */
    loseAnswers(lost: boolean): void {
      losesAnswers = lost;
    },
    /** The moments at which calls were allowed, in order. */
    passed: (): number[] =>
      calls
        .filter(({ result }) => result.allowed)
        .map(({ answeredAt }) => answeredAt)
        .sort((left, right) => left - right),
    refused: (): LabCall[] => calls.filter(({ result }) => !result.allowed),
  };
}

/** The largest number of the given moments within any span of this length, excluding its end. */
export function maxWithin(moments: readonly number[], spanMs = 60_000): number {
  let first = 0;
  let max = 0;
  for (const [index, moment] of moments.entries()) {
    while (moments[first]! <= moment - spanMs) first++;
    max = Math.max(max, index - first + 1);
  }
  return max;
}
