import type { PermitPlan } from './permit-plan.ts';
import { leaseMs, windowMs } from './permit-plan.ts';
import { writeLimit } from './permit-store.ts';
import type { PermitChange, StoredPermit } from './permit-store.ts';

/** How long before a permit of its own becomes usable again an instance may ask for it anew, in milliseconds. */
const foresightMs = leaseMs - windowMs - 10_000;

/** Among so many free permits, chance decides. */
const choices = 24;

/** Of the permits that are free, one instance in eight keeps at most its part for calls to come. */
const share = 1 / 8;

/** One permit as an instance knows it. Times are in milliseconds. */
interface Permit {
  index: number;
  version: string | undefined;
  /** As stored: until then no other instance takes it. */
  freeAt: number;
  /** Whether this instance wrote it last; only then the next two fields tell anything. */
  isOwn: boolean;
  /** Calls of the current 60 seconds. */
  used: number;
  usedAt: number;
}

/** What one write is to do. */
export interface PermitWrite {
  changes: PermitChange[];
  /** How many of the waiting calls it lets through. */
  calls: number;
  /** Tells that the write was done at `at`, with these versions. */
  done(versions: readonly string[], at: number): void;
}

/**
 * The permits of one connection as one instance knows them. It keeps no clock and does no storage operation: whoever
 * asks gives the time.
 */
export function createHeldPermits({ permits: count, weight, reserve }: PermitPlan, random: () => number) {
  const permits = Array.from({ length: count }, (_, index): Permit => freshPermit(index));
  const isRested = ({ used, usedAt }: Permit, at: number): boolean => used === 0 || usedAt + windowMs <= at;
  /** Whether an own permit has calls left, be it leased or not. */
  const hasCalls = (permit: Permit, at: number): boolean => isRested(permit, at) || permit.used < weight;
  const callsLeft = (permit: Permit, at: number): number =>
    permit.isOwn && !isRested(permit, at) ? weight - permit.used : weight;
  /** When an own permit that has no calls left has some again. */
  const dueAt = ({ usedAt }: Permit): number => usedAt + windowMs;
  /** A use must be over for 60 seconds before any other instance may take the permit. */
  const isUsable = (permit: Permit, at: number): boolean =>
    permit.isOwn && permit.freeAt >= at + windowMs && hasCalls(permit, at);

  function use(permit: Permit, calls: number, at: number): void {
    permit.used = isRested(permit, at) ? calls : permit.used + calls;
    permit.usedAt = at;
  }

  /** Own permits that have calls: those still kept from others, then those that became free last. */
  function ownCandidates(at: number): Permit[] {
    return permits
      .filter((permit) => permit.isOwn && hasCalls(permit, at))
      .sort((left, right) => right.freeAt - left.freeAt);
  }

  /**
   * Free permits of others: those first that have been free for longest, since their owners take the others again. Where
   * several instances come for them they should hit upon different ones, hence the chance.
   */
  function poolCandidates(at: number): Permit[] {
    const free = permits
      .filter((permit) => !permit.isOwn && permit.freeAt <= at)
      .sort((left, right) => left.freeAt - right.freeAt);
    const start = Math.floor(random() * Math.min(free.length, choices));
    return [...free.slice(start), ...free.slice(0, start)];
  }

  /** What one instance may keep of the free permits of others: its part, or all where there are no others. */
  function poolShare(pool: readonly Permit[], at: number): readonly Permit[] {
    const isAlone = permits.every((permit) => permit.isOwn || permit.freeAt <= at);
    return isAlone ? pool : pool.slice(0, Math.floor(pool.length * share));
  }

  /** Own permits that have no calls left, but will have some while a lease of now can still be used. */
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
    /** Lets one call through with a permit that is at hand; false where there is none. */
    useOne(at: number): boolean {
      let best: Permit | undefined;
      for (const permit of permits) {
        if (isUsable(permit, at) && (best === undefined || isBetter(permit, best, at))) best = permit;
      }
      if (best === undefined) return false;
      use(best, 1, at);
      return true;
    },

    /** Takes in what is stored. What another instance wrote since is no longer own. */
    learn(stored: readonly StoredPermit[]): void {
      const byPlace = new Map(stored.map((permit) => [permit.index, permit]));
      for (const permit of permits) {
        const { version, freeAt } = byPlace.get(permit.index) ?? {};
        if (version === permit.version) continue;
        Object.assign(permit, freshPermit(permit.index), { version, freeAt: freeAt?.getTime() ?? 0 });
      }
    },

    /**
     * Plans one write that lets `wanted` calls through, keeps the reserve for calls to come, and gives back what was
     * kept for longer than its use asks for; so never more than the reserve is kept from others beyond 60 seconds.
     * `slack` is how long the write may take. Without `withPool` it looks at own permits only.
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

    /** When the next call can be let through, if nobody else calls. */
    nextAt(at: number): number {
      return Math.min(
        ...permits.map((permit) => {
          if (!permit.isOwn) return permit.freeAt;
          return hasCalls(permit, at) ? at : dueAt(permit);
        }),
      );
    },
  };

  /** A permit that is begun is used up before the next; of others, the one whose lease ends first. */
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
