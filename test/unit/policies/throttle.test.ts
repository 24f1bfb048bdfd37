import { describe, expect, test } from 'vitest';

import { leaseMs, planPermits } from '../../../src/policies/permit-plan.ts';
import { createThrottleLab, maxWithin } from '../../support/labs/throttle-lab.ts';

type Lab = ReturnType<typeof createThrottleLab>;
type Arrivals = { at: number; instance: number }[];

const second = 1_000;
const minute = 60 * second;
const minutes = 6;
const limit = 100;
/** What a limit of 100 promises: never more than `max` calls in 60 seconds, and no refusal before this call. */
const max = 110;
const earliestRefusal = 90;

/** Calls at even intervals, by the instances in turn. */
const even = (instances: number, perMinute: number): Arrivals =>
  Array.from({ length: perMinute * minutes }, (_, index) => ({
    at: Math.round((index * minute) / perMinute),
    instance: index % instances,
  }));

/** Calls at random times at random instances. */
const spread = ({ random }: Lab, instances: number, perMinute: number): Arrivals =>
  Array.from({ length: perMinute * minutes }, () => ({
    at: random.below(minutes * minute),
    instance: random.below(instances),
  }));

/** Bursts: all calls of a minute within a short time, once every 61 seconds. */
const bursts = ({ random }: Lab, instances: number, calls: number, within = 2 * second): Arrivals =>
  Array.from({ length: minutes }, (_, index) => index * 61 * second).flatMap((from) =>
    Array.from({ length: calls }, () => ({ at: from + random.below(within), instance: random.below(instances) })),
  );

/** Operations per call, without the first minute, in which an instance reads and takes permits for the first time. */
function costOf({ operations, calls }: Lab): number {
  const isWarm = ({ at }: { at: number }): boolean => at >= minute;
  return operations.filter(isWarm).length / calls.filter(isWarm).length;
}

/** How many moments of a sorted list lie at or before one. */
function countUpTo(moments: readonly number[], at: number): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((moments[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The smallest number, within its 60 seconds, of a call that was refused. */
function soonestRefusal(lab: Lab): number {
  const passed = lab.passed();
  const places = lab
    .refused()
    .map(({ answeredAt }) => countUpTo(passed, answeredAt) - countUpTo(passed, answeredAt - minute) + 1);
  return Math.min(Number.POSITIVE_INFINITY, ...places);
}

const seeds = [1, 2, 3];

describe('storage operations per call', () => {
  test.each<[string, number, (lab: Lab) => Arrivals, { warm: number; whole: number }]>([
    ['100 calls a minute, evenly over 8 instances', 8, () => even(8, 100), { warm: 0.3, whole: 0.35 }],
    ['60 calls a minute, evenly over 8 instances', 8, () => even(8, 60), { warm: 0.3, whole: 0.35 }],
    ['100 calls a minute, evenly in one instance', 1, () => even(1, 100), { warm: 0.3, whole: 0.3 }],
    ['90 calls a minute at random times in one instance', 1, (lab) => spread(lab, 1, 90), { warm: 0.3, whole: 0.3 }],
    ['bursts of 100 in one instance', 1, (lab) => bursts(lab, 1, 100), { warm: 0.3, whole: 0.3 }],
    ['bursts of 100 over 8 instances', 8, (lab) => bursts(lab, 8, 100), { warm: 0.5, whole: 0.55 }],
    ['bursts of 100 at one moment', 8, (lab) => bursts(lab, 8, 100, 1), { warm: 0.5, whole: 0.55 }],
    ['95 calls a minute at random times over 8 instances', 8, (lab) => spread(lab, 8, 95), { warm: 1, whole: 1 }],
    ['50 calls a minute at random times over 8 instances', 8, (lab) => spread(lab, 8, 50), { warm: 1, whole: 1 }],
    ['a flood of 600 calls a minute', 8, (lab) => spread(lab, 8, 600), { warm: 0.5, whole: 0.5 }],
  ])('%s', async (_, instances, arrivals, budget) => {
    for (const seed of seeds) {
      const lab = createThrottleLab({ instances, seed });
      await lab.load(arrivals(lab));
      expect(costOf(lab)).toBeLessThanOrEqual(budget.warm);
      expect(lab.operations.length / lab.calls.length).toBeLessThanOrEqual(budget.whole);
    }
  });

  test('calls that come during a storage operation share the next write', async () => {
    const lab = createThrottleLab({ instances: 1 });
    await lab.load(Array.from({ length: 60 }, (_, at) => ({ at: at / 10, instance: 0 })));
    expect(lab.operations.map(({ name }) => name)).toEqual(['list', 'write']);
    expect(lab.passed()).toHaveLength(60);
  });

  test('refusals ask storage at most once for each permit that becomes free', async () => {
    const lab = createThrottleLab({ instances: 1 });
    await lab.load([...Array(max)].map(() => ({ at: 0, instance: 0 })));
    const before = lab.operations.length;
    await lab.load([...Array(5_000).keys()].map((index) => ({ at: 5 * second + index * 10, instance: 0 })));
    expect(lab.refused()).toHaveLength(5_000);
    expect(lab.operations.length - before).toBeLessThanOrEqual(1);
  });
});

describe('allowed calls', () => {
  test.each<[string, number, (lab: Lab) => Arrivals]>([
    ['even load at the limit', 8, () => even(8, 100)],
    ['even load above the limit', 8, () => even(8, 130)],
    ['a flood', 8, (lab) => spread(lab, 8, 600)],
    ['a flood in one instance', 1, (lab) => spread(lab, 1, 600)],
    ['random times near the limit', 8, (lab) => spread(lab, 8, 105)],
    ['random times near the limit in 3 instances', 3, (lab) => spread(lab, 3, 105)],
    ['bursts above the limit', 8, (lab) => bursts(lab, 8, 140)],
    ['long bursts at the limit', 8, (lab) => bursts(lab, 8, 100, 15 * second)],
    ['bursts of one moment', 8, (lab) => bursts(lab, 8, 140, 1)],
    [
      'load that moves from one instance to the next',
      8,
      ({ random }) =>
        even(1, 150).map(({ at }) => ({ at: at + random.below(500), instance: Math.floor(at / 20_000) % 8 })),
    ],
  ])(
    '%s: never more than 110 in any 60 seconds, and the first 89 are never refused',
    async (_, instances, arrivals) => {
      for (const seed of seeds) {
        for (const latencyMs of [0, 10, 60]) {
          const lab = createThrottleLab({ instances, seed, latencyMs });
          const all = arrivals(lab);
          await lab.load(all);
          expect(lab.calls).toHaveLength(all.length);
          expect(maxWithin(lab.passed())).toBeLessThanOrEqual(max);
          expect(soonestRefusal(lab)).toBeGreaterThanOrEqual(earliestRefusal);
        }
      }
    },
  );

  test('the reserves of 7 other instances leave the first 89 calls to an instance', async () => {
    for (const latencyMs of [0, 10]) {
      const lab = createThrottleLab({ instances: 8, latencyMs });
      for (let instance = 0; instance < 7; instance++) await lab.callNow(instance);
      for (let count = 0; count < max; count++) await lab.callNow(7);
      expect(lab.passed()).toHaveLength(earliestRefusal - 1);
      expect(soonestRefusal(lab)).toBe(earliestRefusal);
    }
  });

  test('reserves left over from a busy minute leave the first 89 calls to an instance', async () => {
    const lab = createThrottleLab({ instances: 8 });
    await lab.load(even(8, 90).filter(({ at }) => at < 2 * minute));
    await lab.play(3 * minute - 5 * second);
    for (let count = 0; count < max; count++) await lab.callNow(7);
    expect(soonestRefusal(lab)).toBeGreaterThanOrEqual(earliestRefusal);
    expect(maxWithin(lab.passed())).toBeLessThanOrEqual(max);
  });

  test('a call that slow storage allowed late counts from that time on, also for faster instances', async () => {
    const lab = createThrottleLab({ instances: 2, latencyMs: [400, 10] });
    const burst = (from: number, instance: number): Arrivals => [...Array(max)].map(() => ({ at: from, instance }));
    await lab.callNow(0);
    await lab.load([...burst(2 * minute, 0), ...burst(3 * minute, 1)]);
    expect(lab.passed().length).toBeGreaterThan(max);
    expect(maxWithin(lab.passed())).toBeLessThanOrEqual(max);
  });

  test.each([
    [16, 66],
    [32, 37],
  ])(
    'with %i instances never more than 110 in any 60 seconds, and no call before number %i is refused',
    async (instances, first) => {
      const hammered = createThrottleLab({ instances });
      for (let instance = 1; instance < instances; instance++) await hammered.callNow(instance);
      for (let count = 0; count < max; count++) await hammered.callNow(0);
      expect(soonestRefusal(hammered)).toBe(first);
      for (const arrivals of [spread, bursts]) {
        const lab = createThrottleLab({ instances });
        await lab.load(arrivals(lab, instances, 95));
        expect(maxWithin(lab.passed())).toBeLessThanOrEqual(max);
        expect(soonestRefusal(lab)).toBeGreaterThanOrEqual(first);
        expect(costOf(lab)).toBeLessThanOrEqual(1.6);
      }
    },
  );

  test('if clocks differ by up to a second, never more than 110 in 58 seconds', async () => {
    for (const seed of seeds) {
      const lab = createThrottleLab({ instances: 8, seed, clockErrorMs: (instance) => (instance - 3.5) * 285 });
      await lab.load([...spread(lab, 8, 110), ...bursts(lab, 8, 60)]);
      expect(lab.refused().length).toBeGreaterThan(0);
      expect(maxWithin(lab.passed(), 58 * second)).toBeLessThanOrEqual(max);
    }
  });

  test.each([1, 5, 10, 40, 250, 301, 1_000])('a limit of %i holds in the same way', async (calls) => {
    const lab = createThrottleLab({ instances: 8, limit: calls });
    await lab.load(spread(lab, 8, calls + Math.ceil(calls / 4) + 5));
    expect(lab.refused().length).toBeGreaterThan(0);
    expect(maxWithin(lab.passed())).toBeLessThanOrEqual(calls + Math.floor(calls / 10));
    expect(soonestRefusal(lab)).toBeGreaterThanOrEqual(Math.ceil(0.9 * calls));
  });

  test('the calls of one connection do not count for another', async () => {
    const lab = createThrottleLab({ instances: 1, limit: 5 });
    const answers = await Promise.all([...Array(6)].map(() => lab.callNow()));
    expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, true, true, true, false]);
    expect((await lab.callNow(0, 'another')).allowed).toBe(true);
  });

  test('a raised limit applies at once', async () => {
    const lab = createThrottleLab({ instances: 1, limit: 5 });
    for (let count = 0; count < 6; count++) await lab.callNow();
    lab.setLimit(10);
    const answers: boolean[] = [];
    for (let count = 0; count < 7; count++) answers.push((await lab.callNow()).allowed);
    expect(answers).toEqual([true, true, true, true, true, true, false]);
  });
});

describe('a refusal', () => {
  test.each([1, 8])('says exactly when the next call is allowed, with %i instances', async (instances) => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const lab = createThrottleLab({ instances, seed });
      await lab.load(spread(lab, instances, 140).filter(({ at }) => at < 100 * second));
      for (;;) {
        const refused = await lab.callNow();
        if (refused.allowed) continue;
        const { retryAfterSeconds } = refused;
        expect(Number.isInteger(retryAfterSeconds)).toBe(true);
        expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
        expect(retryAfterSeconds).toBeLessThanOrEqual(60);
        const refusedAt = lab.elapsed();
        await lab.play(refusedAt + (retryAfterSeconds - 1) * second - 20);
        const early = retryAfterSeconds === 1 ? refused : await lab.callNow();
        await lab.play(refusedAt + retryAfterSeconds * second);
        expect([early.allowed, await lab.callNow()]).toEqual([false, { allowed: true }]);
        break;
      }
    }
  });

  test('after a burst says the rest of the minute', async () => {
    const lab = createThrottleLab({ instances: 1, latencyMs: 0 });
    await lab.load([...Array(max)].map(() => ({ at: 0, instance: 0 })));
    await lab.play(7_500);
    expect(await lab.callNow()).toEqual({ allowed: false, retryAfterSeconds: 53 });
    await lab.play(minute);
    expect(await lab.callNow()).toEqual({ allowed: true });
  });
});

test('permits of an instance that stopped are free 90 seconds after it took them', async () => {
  const lab = createThrottleLab({ instances: 2, latencyMs: 0 });
  const { reserve } = planPermits(limit);
  const passing = async (): Promise<number> => {
    const before = lab.passed().length;
    await Promise.all([...Array(max)].map(() => lab.callNow(1)));
    return lab.passed().length - before;
  };
  await lab.callNow(0);
  await lab.play(20 * second);
  expect(await passing()).toBe(max - 1 - reserve);
  await lab.play(minute);
  expect(await passing()).toBe(1);
  await lab.play(leaseMs - 1);
  expect(lab.passed()).toHaveLength(1 + (max - 1 - reserve) + 1);
  await lab.play(2 * minute + 20 * second);
  expect(await passing()).toBe(max);
});

describe('a large limit', () => {
  test.each(seeds)('costs no more operations than 100 (seed %i)', async (seed) => {
    const count = async (calls: number): Promise<number> => {
      const lab = createThrottleLab({ instances: 1, limit: calls, seed });
      await lab.load(spread(lab, 1, 80));
      expect(lab.refused()).toEqual([]);
      return lab.operations.length;
    };
    const large = await count(100_000);
    expect(large).toBeLessThanOrEqual(await count(100));
    // One lease lasts for 30 seconds of calls.
    expect(large).toBeLessThanOrEqual(1 + 2 * minutes);
  });

  test('takes 20,000 calls in ten seconds with fewer than 60 operations, each of at most 330 permits', async () => {
    const lab = createThrottleLab({ instances: 8, limit: 100_000 });
    const { random } = lab;
    await lab.load(
      Array.from({ length: 20_000 }, () => ({ at: random.below(10 * second), instance: random.below(8) })),
    );
    expect(lab.refused()).toEqual([]);
    expect(lab.operations.length).toBeLessThan(60);
    const largest = (isMeant: (name: string) => boolean): number =>
      Math.max(...lab.operations.filter(({ name }) => isMeant(name)).map(({ permits }) => permits));
    expect(largest((name) => name === 'list')).toBeLessThanOrEqual(330);
    expect(largest((name) => name !== 'list')).toBeLessThanOrEqual(100);
  });

  test.each<[number, { permits: number; weight: number; reserve: number }]>([
    [1, { permits: 1, weight: 1, reserve: 0 }],
    [5, { permits: 5, weight: 1, reserve: 0 }],
    [10, { permits: 11, weight: 1, reserve: 0 }],
    [40, { permits: 44, weight: 1, reserve: 1 }],
    [100, { permits: 110, weight: 1, reserve: 3 }],
    [300, { permits: 330, weight: 1, reserve: 8 }],
    [301, { permits: 165, weight: 2, reserve: 2 }],
    [1_000, { permits: 275, weight: 4, reserve: 5 }],
    [100_000, { permits: 329, weight: 334, reserve: 6 }],
  ])('a limit of %i calls is divided into permits', (calls, plan) => {
    expect(planPermits(calls)).toEqual(plan);
  });

  test('the permits of a limit never allow fewer calls than it, nor more than 110 % of it', () => {
    const isMissed = (calls: number): boolean => {
      const { permits, weight } = planPermits(calls);
      return permits > 330 || permits * weight < calls || permits * weight > calls * 1.1;
    };
    expect(Array.from({ length: 100_000 }, (_, index) => index + 1).filter(isMissed)).toEqual([]);
  });
});

describe('while storage fails', () => {
  const failure = new Error('no storage');

  test('calls are allowed, and the result carries the failure', async () => {
    const lab = createThrottleLab({ instances: 1 });
    lab.breakStore(() => Promise.reject(failure));
    expect(await lab.callNow()).toEqual({ allowed: true, failure });
    expect(await lab.callNow()).toEqual({ allowed: true });
  });

  test('each instance allows calls up to the limit and no more', async () => {
    const lab = createThrottleLab({ instances: 2 });
    lab.breakStore(() => Promise.reject(failure));
    await lab.load([...spread(lab, 2, 900)]);
    for (const instance of [0, 1]) {
      const own = lab.calls.filter((call) => call.instance === instance && call.result.allowed);
      expect(maxWithin(own.map(({ answeredAt }) => answeredAt))).toBeLessThanOrEqual(limit);
      expect(own.length).toBeGreaterThan(5 * limit);
    }
  });

  test('a refusal says when one more call is allowed', async () => {
    const lab = createThrottleLab({ instances: 1, limit: 3 });
    lab.breakStore(() => Promise.reject(failure));
    for (let count = 0; count < 3; count++) await lab.callNow();
    expect(await lab.callNow()).toEqual({ allowed: false, retryAfterSeconds: 61 });
    await lab.play(lab.elapsed() + 61 * second);
    expect(await lab.callNow()).toEqual({ allowed: true, failure });
  });

  test('the throttle asks storage only every five seconds, and counts there again once it works', async () => {
    const lab = createThrottleLab({ instances: 1 });
    let attempts = 0;
    lab.breakStore(() => {
      attempts++;
      return Promise.reject(failure);
    });
    await lab.load([...Array(30).keys()].map((index) => ({ at: index * second, instance: 0 })));
    // There is one call a second, so the first one after the pause of five seconds comes after six.
    expect(attempts).toBe(5);
    lab.breakStore();
    await lab.play(40 * second);
    await lab.load([...Array(200)].map(() => ({ at: 40 * second, instance: 0 })));
    expect(lab.operations.length).toBeGreaterThan(1);
    expect(lab.calls.filter(({ at, result }) => at === 40 * second && result.allowed)).toHaveLength(max);
  });

  test('if storage does not answer, the first call waits two seconds, and later calls do not wait', async () => {
    const lab = createThrottleLab({ instances: 1 });
    lab.breakStore(() => new Promise(() => undefined));
    const slow = lab.callNow();
    expect(await slow).toEqual({ allowed: true, failure: expect.any(Error) as unknown });
    expect(lab.elapsed()).toBe(2 * second);
    await lab.callNow();
    expect(lab.elapsed()).toBe(2 * second);
  });

  test('after a write whose result is unknown, the permits are read before one is taken again', async () => {
    const lab = createThrottleLab({ instances: 1, latencyMs: 0 });
    const calls = async (count: number): Promise<void> => {
      for (let call = 0; call < count; call++) await lab.callNow();
    };
    const { reserve } = planPermits(limit);
    await calls(2 * (1 + reserve));
    lab.loseAnswers(true);
    await calls(1);
    lab.loseAnswers(false);
    await lab.play(lab.elapsed() + 62 * second);
    await calls(1);
    expect(lab.operations.map(({ name }) => name)).toEqual(['list', 'write', 'write', 'write', 'list', 'write']);
    await calls(max);
    expect(maxWithin(lab.passed())).toBeLessThanOrEqual(max);
    expect(soonestRefusal(lab)).toBeGreaterThanOrEqual(earliestRefusal);
  });
});
