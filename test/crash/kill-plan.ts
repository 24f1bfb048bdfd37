import { setTimeout as sleep } from 'node:timers/promises';

import { failpointNames } from '../../src/core/failpoint.ts';
import type { FailpointName } from '../../src/core/failpoint.ts';
import { seededRandom } from '../support/tools/random.ts';
import type { EndedHost, Hosts, LiveHost } from './hosts.ts';

/** How often hosts ended, and where. */
export interface Kills {
  /** Kills at random moments, by the run. */
  random: number;
  /** The random kills of hosts that were not ready yet. */
  starting: number;
  /** For each failpoint: how often a host was armed with it, and how often the host reached it and died. */
  points: ReadonlyMap<FailpointName, { armed: number; reached: number }>;
  /** Ends that were not planned, with the last lines of the hosts. */
  unasked: readonly string[];
}

/** Decides which hosts die, and when. */
export interface KillPlan {
  nextArm(): string | undefined;
  ended(host: EndedHost): void;
  /** Kills hosts until there were enough kills or the deadline has passed. */
  carryOut(hosts: Hosts, deadline: number): Promise<void>;
  kills(): Kills;
}

/** How many hosts to kill, and how. */
export interface KillWish {
  kills: number;
  /** Milliseconds between random kills, on average. */
  everyMs: number;
  /**
   * `first`: every failpoint before the random kills; `mixed`: both at the same time; `only`: failpoints only; `none`:
   * random kills only.
   */
  points: 'first' | 'mixed' | 'only' | 'none';
  seed: number;
}

/** How long a host may take to reach its failpoint; then it may die at random, and the failpoint gets one more try. */
const patienceMs = { first: 12_000, only: 12_000, mixed: 4_000, none: 0 };
const turns = 2;

/** The failpoints that only operators' commands pass. The run gives no such commands. */
const operatorsOnly = new Set<FailpointName>(['replay.renewed', 'replay.queued', 'cancel.recorded']);

/** Creates the plan. The same seed makes the same plan, as far as hosts and load keep the same pace. */
export function createKillPlan({ kills: wanted, everyMs, points: order, seed }: KillWish): KillPlan {
  const random = seededRandom(seed);
  const tally = new Map(failpointNames.map((point) => [point, { armed: 0, reached: 0 }]));
  const waiting = shuffled(
    failpointNames.filter((point) => !operatorsOnly.has(point)),
    random.below,
  );
  const unasked: string[] = [];
  let atRandom = 0;
  let starting = 0;
  let armedHosts = 0;
  let over = false;

  const total = (): number => atRandom + [...tally.values()].reduce((sum, { reached }) => sum + reached, 0);
  const isDone = (hosts: Hosts): boolean =>
    total() >= wanted ||
    (order === 'only' && waiting.length === 0 && hosts.live().every(({ armed }) => armed === undefined));

  /** Chooses a ready host, mostly only if several are ready: otherwise there would be no work to interrupt. */
  const chooseVictim = (live: readonly LiveHost[]): LiveHost | undefined => {
    const unarmed = live.filter(({ armed }) => armed === undefined);
    if (random.below(10) === 0) return unarmed[random.below(unarmed.length)];
    const ready = (host: LiveHost): boolean => host.readySince() !== undefined;
    const candidates = live.filter(ready).length < 2 ? [] : unarmed.filter(ready);
    return candidates[random.below(candidates.length)];
  };

  return {
    nextArm() {
      // In mixed runs, one host remains for random kills.
      if (over || order === 'none' || (order === 'mixed' && armedHosts === 2)) return undefined;
      const point = waiting.shift();
      if (point === undefined) return undefined;
      const tallied = tallyOf(tally, point);
      tallied.armed += 1;
      armedHosts += 1;
      // The first try may be for the second hit, when more work has been done; the second try is for the first hit.
      return `${point}:${tallied.armed === 1 ? 1 + random.below(2) : 1}`;
    },

    ended({ armed, killed, wasReady, signal, code, lastWords }) {
      const point = failpointNames.find((name) => armed?.startsWith(`${name}:`));
      if (point !== undefined) armedHosts -= 1;
      if (killed) {
        atRandom += 1;
        if (!wasReady) starting += 1;
        if (point !== undefined && tallyOf(tally, point).armed < turns) waiting.push(point);
      } else if (point !== undefined && signal === 'SIGKILL') tallyOf(tally, point).reached += 1;
      else unasked.push(`ended by ${String(signal ?? code)}: ${lastWords.join(' | ')}`);
    },

    async carryOut(hosts, deadline) {
      while (!isDone(hosts) && Date.now() < deadline) {
        const pause = everyMs / 2 + random.below(everyMs);
        await sleep(pause);
        const live = hosts.live();
        const overdue = live.find(
          (host) => host.armed !== undefined && Date.now() - readySince(host) > patienceMs[order],
        );
        const pointsFirst =
          order === 'only' ||
          (order === 'first' && (waiting.length > 0 || live.some(({ armed }) => armed !== undefined)));
        // An unarmed host is killed to make room for an armed one.
        const unarmed = waiting.length === 0 ? undefined : live.find(({ armed }) => armed === undefined);
        const victim = overdue ?? (pointsFirst ? unarmed : chooseVictim(live));
        if (!isDone(hosts)) victim?.kill();
      }
      over = true;
      for (const host of hosts.live()) if (host.armed !== undefined) host.kill();
    },

    kills: () => ({ random: atRandom, starting, points: tally, unasked }),
  };
}

function readySince(host: LiveHost): number {
  return host.readySince() ?? Number.POSITIVE_INFINITY;
}

function tallyOf<Tallied>(tally: ReadonlyMap<FailpointName, Tallied>, point: FailpointName): Tallied {
  const found = tally.get(point);
  if (found === undefined) throw new Error(`there is no failpoint ${point}`);
  return found;
}

function shuffled<Item>(items: Item[], below: (limit: number) => number): Item[] {
  return items
    .map((item) => ({ item, rank: below(2 ** 31) }))
    .sort((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}
