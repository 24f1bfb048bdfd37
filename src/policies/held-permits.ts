import type { PermitPlan } from './permit-plan.ts';
import { leaseMs, windowMs } from './permit-plan.ts';
import { writeLimit } from './permit-store.ts';
import type { PermitChange, StoredPermit } from './permit-store.ts';

/** How early an instance may lease one of its own permits again before that permit becomes usable, in milliseconds. */
const foresightMs = leaseMs - windowMs - 10_000;

/** An instance starts at a random one of this many free permits, so that several instances seldom collide. */
const choices = 24;

/** The part of the free permits that one instance may keep for later calls: there may be eight instances. */
const share = 1 / 8;

/** One permit as an instance knows it. Times are in milliseconds. */
interface Permit {
  index: number;
  version: string | undefined;
  /** As stored: until then, no other instance takes the permit. */
  freeAt: number;
  /** Whether this instance wrote the permit last; only then do the next two fields mean anything. */
  isOwn: boolean;
  /** Calls made with the permit in the 60 seconds from `usedAt`. */
  used: number;
  /** The last use. */
  usedAt: number;
}

/** A planned write. */
export interface PermitWrite {
  changes: PermitChange[];
  /** How many of the waiting calls the write lets through. */
  calls: number;
  /** Records that the write was done at `at` and gave these versions. */
  done(versions: readonly string[], at: number): void;
}

/**
 * Creates the permits of one connection as one instance knows them. They read no clock and call no storage: the caller
 * passes the time, and does the writes that `plan` returns.
 */
export function createHeldPermits({ permits: count, weight, reserve }: PermitPlan, random: () => number) {
  const permits = Array.from({ length: count }, (_, index): Permit => freshPermit(index));
  const isRested = ({ used, usedAt }: Permit, at: number): boolean => used === 0 || usedAt + windowMs <= at;
  /** Whether a permit of this instance has calls left, whether or not it is leased. */
  const hasCalls = (permit: Permit, at: number): boolean => isRested(permit, at) || permit.used < weight;
  const callsLeft = (permit: Permit, at: number): number =>
    permit.isOwn && !isRested(permit, at) ? weight - permit.used : weight;
  /** When a permit of this instance that has no calls left has some again. */
  const dueAt = ({ usedAt }: Permit): number => usedAt + windowMs;
  /** Another instance may take a permit only 60 seconds after its last use, so the lease must last that long. */
  const isUsable = (permit: Permit, at: number): boolean =>
    permit.isOwn && permit.freeAt >= at + windowMs && hasCalls(permit, at);

  function use(permit: Permit, calls: number, at: number): void {
    permit.used = isRested(permit, at) ? calls : permit.used + calls;
    permit.usedAt = at;
  }

  /** Permits of this instance that have calls left: first those still leased, then those that became free last. */
  function ownCandidates(at: number): Permit[] {
    return permits
      .filter((permit) => permit.isOwn && hasCalls(permit, at))
      .sort((left, right) => right.freeAt - left.freeAt);
  }

  /**
   * Free permits of others. Those that have been free for longest come first, since their owners tend to take the
   * others again. The start is random, so that several instances that look for permits at once choose different ones.
   */
  function poolCandidates(at: number): Permit[] {
    const free = permits
      .filter((permit) => !permit.isOwn && permit.freeAt <= at)
      .sort((left, right) => left.freeAt - right.freeAt);
    const start = Math.floor(random() * Math.min(free.length, choices));
    return [...free.slice(start), ...free.slice(0, start)];
  }

  /** The free permits of others that this instance may keep: its share, or all if no other instance holds any. */
  function poolShare(pool: readonly Permit[], at: number): readonly Permit[] {
    const isAlone = permits.every((permit) => permit.isOwn || permit.freeAt <= at);
    return isAlone ? pool : pool.slice(0, Math.floor(pool.length * share));
  }

  /** Permits of this instance that have no calls left now, but will have some while a lease that starts now lasts. */
  function dueSoon(at: number): Permit[] {
    return permits
      .filter((permit) => permit.isOwn && !hasCalls(permit, at) && dueAt(permit) <= at + foresightMs)
      .sort((left, right) => dueAt(left) - dueAt(right));
  }

  function writing(leases: ReadonlyMap<Permit, number>, uses: ReadonlyMap<Permit, number>): Omit<PermitWrite, 'calls'> {
    const written = [...leases];
    return {
      changes: written.map(([{ index, version }, freeAt]) => ({
        index,
        freeAt: new Date(freeAt),
        ...(version === undefined ? {} : { version }),
      })),
      done(versions, at) {
        for (const [index, [permit, freeAt]] of written.entries()) {
          Object.assign(permit, { isOwn: true, freeAt, version: versions[index] });
          const calls = uses.get(permit);
          if (calls !== undefined) use(permit, calls, at);
        }
      },
    };
  }

  return {
    /** Uses a held permit for one call; false if there is none. */
    useOne(at: number): boolean {
      let best: Permit | undefined;
      for (const permit of permits) {
        if (isUsable(permit, at) && (best === undefined || isBetter(permit, best, at))) best = permit;
      }
      if (best === undefined) return false;
      use(best, 1, at);
      return true;
    },

    /** Learns what is stored. A permit that another instance has written since is no longer this instance's own. */
    learn(stored: readonly StoredPermit[]): void {
      const byIndex = new Map(stored.map((permit) => [permit.index, permit]));
      for (const permit of permits) {
        const { version, freeAt } = byIndex.get(permit.index) ?? {};
        if (version === permit.version) continue;
        Object.assign(permit, freshPermit(permit.index), { version, freeAt: freeAt?.getTime() ?? 0 });
      }
    },

    /**
     * Plans one write. It lets up to `wanted` calls through, keeps the reserve for later calls, and gives back permits
     * that are leased for longer than their use requires. So an instance never keeps more than the reserve from others
     * for longer than 60 seconds.
     *
     * @param context.slack how long the write may take, in milliseconds
     * @param context.withPool whether to take free permits of others; otherwise only permits of this instance
     */
    plan(wanted: number, { at, slack, withPool }: { at: number; slack: number; withPool: boolean }): PermitWrite {
      const own = ownCandidates(at);
      const pool = withPool ? poolCandidates(at) : [];
      const uses = new Map<Permit, number>();
      const leases = new Map<Permit, number>();
      const lease = (permit: Permit, freeAt: number): void => {
        if (!leases.has(permit) && leases.size < writeLimit) leases.set(permit, freeAt);
      };
      let calls = 0;
      for (const permit of [...own, ...pool]) {
        if (calls === wanted || uses.size === writeLimit) break;
        const left = callsLeft(permit, at);
        const taken = Math.min(left, wanted - calls);
        uses.set(permit, taken);
        lease(permit, taken === left ? at + slack + windowMs : at + leaseMs);
        calls += taken;
      }
      const isUnused = (permit: Permit): boolean => !uses.has(permit);
      const toKeep = [...own.filter(isUnused), ...poolShare(pool.filter(isUnused), at), ...dueSoon(at)];
      for (const permit of toKeep.slice(0, reserve)) lease(permit, at + leaseMs);
      for (const permit of permits) {
        const until = Math.max(at, permit.used === 0 ? at : dueAt(permit));
        if (permit.isOwn && permit.freeAt > until) lease(permit, until);
      }
      return { calls, ...writing(leases, uses) };
    },

    /** When the next call can go through if no other call comes first. */
    nextAt(at: number): number {
      return Math.min(
        ...permits.map((permit) => {
          if (!permit.isOwn) return permit.freeAt;
          return hasCalls(permit, at) ? at : dueAt(permit);
        }),
      );
    },
  };

  /** A partly used permit comes first; among equals, the one whose lease ends first. */
  function isBetter(permit: Permit, best: Permit, at: number): boolean {
    const isBegun = !isRested(permit, at);
    const bestIsBegun = !isRested(best, at);
    return isBegun === bestIsBegun ? permit.freeAt < best.freeAt : isBegun;
  }
}

export type HeldPermits = ReturnType<typeof createHeldPermits>;

function freshPermit(index: number): Permit {
  return { index, version: undefined, freeAt: 0, isOwn: false, used: 0, usedAt: 0 };
}
