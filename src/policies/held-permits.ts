import type { RightsPlan } from './permit-plan.ts';
import { leaseMs, windowMs } from './permit-plan.ts';
import { writeLimit } from './permit-store.ts';
import type { RightChange, StoredRight } from './permit-store.ts';

/** How long before a right of its own becomes usable again an instance may ask for it anew, in milliseconds. */
const foresightMs = leaseMs - windowMs - 10_000;

/** Among so many free rights, chance decides. */
const choices = 24;

/** Of the rights that are free, one instance in eight keeps at most its part for calls to come. */
const share = 1 / 8;

/** One right as an instance knows it. Times are in milliseconds. */
interface Right {
  place: number;
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
export interface Taking {
  changes: RightChange[];
  /** How many of the waiting calls it lets through. */
  calls: number;
  /** Tells that the write was done at `at`, with these versions. */
  done(versions: readonly string[], at: number): void;
}

/**
 * The rights of one connection as one instance knows them. It keeps no clock and does no storage operation: whoever
 * asks gives the time.
 */
export function createHeldRights({ rights: count, weight, reserve }: RightsPlan, random: () => number) {
  const rights = Array.from({ length: count }, (_, place): Right => freshRight(place));
  const isRested = ({ used, usedAt }: Right, at: number): boolean => used === 0 || usedAt + windowMs <= at;
  /** Whether an own right has calls left, be it leased or not. */
  const hasCalls = (right: Right, at: number): boolean => isRested(right, at) || right.used < weight;
  const callsLeft = (right: Right, at: number): number =>
    right.isOwn && !isRested(right, at) ? weight - right.used : weight;
  /** When an own right that has no calls left has some again. */
  const dueAt = ({ usedAt }: Right): number => usedAt + windowMs;
  /** A use must be over for 60 seconds before any other instance may take the right. */
  const isUsable = (right: Right, at: number): boolean =>
    right.isOwn && right.freeAt >= at + windowMs && hasCalls(right, at);

  function use(right: Right, calls: number, at: number): void {
    right.used = isRested(right, at) ? calls : right.used + calls;
    right.usedAt = at;
  }

  /** Own rights that have calls: those still kept from others, then those that became free last. */
  function ownCandidates(at: number): Right[] {
    return rights
      .filter((right) => right.isOwn && hasCalls(right, at))
      .sort((left, right) => right.freeAt - left.freeAt);
  }

  /**
   * Free rights of others: those first that have been free for longest, since their owners take the others again. Where
   * several instances come for them they should hit upon different ones, hence the chance.
   */
  function poolCandidates(at: number): Right[] {
    const free = rights
      .filter((right) => !right.isOwn && right.freeAt <= at)
      .sort((left, right) => left.freeAt - right.freeAt);
    const start = Math.floor(random() * Math.min(free.length, choices));
    return [...free.slice(start), ...free.slice(0, start)];
  }

  /** What one instance may keep of the free rights of others: its part, or all where there are no others. */
  function poolShare(pool: readonly Right[], at: number): readonly Right[] {
    const isAlone = rights.every((right) => right.isOwn || right.freeAt <= at);
    return isAlone ? pool : pool.slice(0, Math.floor(pool.length * share));
  }

  /** Own rights that have no calls left, but will have some while a lease of now can still be used. */
  function dueSoon(at: number): Right[] {
    return rights
      .filter((right) => right.isOwn && !hasCalls(right, at) && dueAt(right) <= at + foresightMs)
      .sort((left, right) => dueAt(left) - dueAt(right));
  }

  function writing(leases: ReadonlyMap<Right, number>, uses: ReadonlyMap<Right, number>): Omit<Taking, 'calls'> {
    const written = [...leases];
    return {
      changes: written.map(([{ place, version }, freeAt]) => ({
        place,
        freeAt: new Date(freeAt),
        ...(version === undefined ? {} : { version }),
      })),
      done(versions, at) {
        for (const [index, [right, freeAt]] of written.entries()) {
          Object.assign(right, { isOwn: true, freeAt, version: versions[index] });
          const calls = uses.get(right);
          if (calls !== undefined) use(right, calls, at);
        }
      },
    };
  }

  return {
    /** Lets one call through with a right that is at hand; false where there is none. */
    useOne(at: number): boolean {
      let best: Right | undefined;
      for (const right of rights) {
        if (isUsable(right, at) && (best === undefined || isBetter(right, best, at))) best = right;
      }
      if (best === undefined) return false;
      use(best, 1, at);
      return true;
    },

    /** Takes in what is stored. What another instance wrote since is no longer own. */
    learn(stored: readonly StoredRight[]): void {
      const byPlace = new Map(stored.map((right) => [right.place, right]));
      for (const right of rights) {
        const { version, freeAt } = byPlace.get(right.place) ?? {};
        if (version === right.version) continue;
        Object.assign(right, freshRight(right.place), { version, freeAt: freeAt?.getTime() ?? 0 });
      }
    },

    /**
     * Plans one write that lets `wanted` calls through, keeps the reserve for calls to come, and gives back what was
     * kept for longer than its use asks for; so never more than the reserve is kept from others beyond 60 seconds.
     * `slack` is how long the write may take. Without `withPool` it looks at own rights only.
     */
    plan(wanted: number, { at, slack, withPool }: { at: number; slack: number; withPool: boolean }): Taking {
      const own = ownCandidates(at);
      const pool = withPool ? poolCandidates(at) : [];
      const uses = new Map<Right, number>();
      const leases = new Map<Right, number>();
      const lease = (right: Right, freeAt: number): void => {
        if (!leases.has(right) && leases.size < writeLimit) leases.set(right, freeAt);
      };
      let calls = 0;
      for (const right of [...own, ...pool]) {
        if (calls === wanted || uses.size === writeLimit) break;
        const left = callsLeft(right, at);
        const taken = Math.min(left, wanted - calls);
        uses.set(right, taken);
        lease(right, taken === left ? at + slack + windowMs : at + leaseMs);
        calls += taken;
      }
      const isUnused = (right: Right): boolean => !uses.has(right);
      const toKeep = [...own.filter(isUnused), ...poolShare(pool.filter(isUnused), at), ...dueSoon(at)];
      for (const right of toKeep.slice(0, reserve)) lease(right, at + leaseMs);
      for (const right of rights) {
        const until = Math.max(at, right.used === 0 ? at : dueAt(right));
        if (right.isOwn && right.freeAt > until) lease(right, until);
      }
      return { calls, ...writing(leases, uses) };
    },

    /** When the next call can be let through, if nobody else calls. */
    nextAt(at: number): number {
      return Math.min(
        ...rights.map((right) => {
          if (!right.isOwn) return right.freeAt;
          return hasCalls(right, at) ? at : dueAt(right);
        }),
      );
    },
  };

  /** A right that is begun is used up before the next; of others, the one whose lease ends first. */
  function isBetter(right: Right, best: Right, at: number): boolean {
    const isBegun = !isRested(right, at);
    const bestIsBegun = !isRested(best, at);
    return isBegun === bestIsBegun ? right.freeAt < best.freeAt : isBegun;
  }
}

export type HeldRights = ReturnType<typeof createHeldRights>;

function freshRight(place: number): Right {
  return { place, version: undefined, freeAt: 0, isOwn: false, used: 0, usedAt: 0 };
}
