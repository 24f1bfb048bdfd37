import { setTimeout as sleep } from 'node:timers/promises';

import { failpointNames } from '../../src/core/failpoint.ts';
import type { FailpointName } from '../../src/core/failpoint.ts';
import { seededRandom } from '../support/tools/random.ts';
import type { EndedHost, Hosts, LiveHost } from './hosts.ts';

/** How often hosts were ended, and where. */
export interface Kills {
  /** At a random moment, by the run. */
  random: number;
  /** Of these, before the host was ready. */
  starting: number;
  /** By itself, at a point: for each how often it was to be, and how often it was. */
  points: ReadonlyMap<FailpointName, { armed: number; reached: number }>;
  /** Ends that nobody asked for, with the last words. */
  unasked: readonly string[];
}

/** Decides which hosts end, and when. */
export interface KillPlan {
  nextArm(): string | undefined;
  ended(host: EndedHost): void;
  /** Ends hosts until there were enough, or the moment has come. */
  carryOut(hosts: Hosts, deadline: number): Promise<void>;
  kills(): Kills;
}

/** How many hosts are to end and how. */
export interface KillWish {
  kills: number;
  /** Milliseconds between random ends, on average. */
  everyMs: number;
  /** `first`: every point has its turn before anything ends at random; `mixed`: at the same time; `only`: nothing else; `none`: no point at all. */
  points: 'first' | 'mixed' | 'only' | 'none';
  seed: number;
}

/** How long a host may wait to reach its point before it is ended at random; the point has one more turn then. */
const patienceMs = { first: 12_000, only: 12_000, mixed: 4_000, none: 0 };
const turns = 2;

/** Points that only operators' commands pass, which the run doesn't give. */
const operatorsOnly = new Set<FailpointName>(['replay.renewed', 'replay.queued', 'cancel.recorded']);

/** Makes the plan; the same seed makes the same one, as far as hosts and load keep the same pace. */
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

  /** One that is ready, and mostly one of several: with nobody there, nothing would be under way to be cut off. */
  const chooseVictim = (live: readonly LiveHost[]): LiveHost | undefined => {
    const unarmed = live.filter(({ armed }) => armed === undefined);
    if (random.below(10) === 0) return unarmed[random.below(unarmed.length)];
    const ready = (host: LiveHost): boolean => host.readySince() !== undefined;
    const candidates = live.filter(ready).length < 2 ? [] : unarmed.filter(ready);
    return candidates[random.below(candidates.length)];
  };

  return {
    nextArm() {
      // Where everything is mixed, one host is left for a random end.
      if (over || order === 'none' || (order === 'mixed' && armedHosts === 2)) return undefined;
      const point = waiting.shift();
      if (point === undefined) return undefined;
      const tallied = tallyOf(tally, point);
      tallied.armed += 1;
      armedHosts += 1;
      // A later turn is for a later hit, with more behind it.
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
        // A host that is to end at no point makes room for one that is.
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
