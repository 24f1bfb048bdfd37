import type { OptOut, OptOutStore } from './ports.ts';

/** Who opted out, as sends look it up. */
export interface OptOutList {
  /** The numbers that opted out of an identity: digits in international form. */
  numbers(identity: string): Promise<ReadonlySet<string>>;
  add(optOut: OptOut, at: Date): Promise<void>;
  remove(optOut: OptOut): Promise<void>;
}

/**
 * Reads opt-outs through a cache, so that a send costs no read per recipient, and none at all while the cache is fresh.
 * What this process writes shows at once; what another writes shows after `ttlMs` (milliseconds) at the latest.
 */
export function createOptOutList(
  store: OptOutStore,
  { now, ttlMs = 60_000 }: { now: () => Date; ttlMs?: number },
): OptOutList {
  const cache = new Map<string, { numbers: Promise<Set<string>>; until: number }>();

  const load = (identity: string): Promise<Set<string>> => {
    const numbers = store.list(identity).then((list) => new Set(list));
    const entry = { numbers, until: now().getTime() + ttlMs };
    cache.set(identity, entry);
    numbers.catch(() => {
      if (cache.get(identity) === entry) cache.delete(identity);
    });
    return numbers;
  };

  /** A list that is being read while somebody writes may be from before or after, so the write is made in it too. */
  const amend = async ({ identity }: OptOut, change: (numbers: Set<string>) => void): Promise<void> => {
    const numbers = await cache.get(identity)?.numbers.catch(() => undefined);
    if (numbers !== undefined) change(numbers);
  };

  return {
    async numbers(identity) {
      const known = cache.get(identity);
      return known !== undefined && now().getTime() < known.until ? known.numbers : load(identity);
    },
    async add(optOut, at) {
      await store.add(optOut, at);
      await amend(optOut, (numbers) => numbers.add(optOut.number));
    },
    async remove(optOut) {
      await store.remove(optOut);
      await amend(optOut, (numbers) => numbers.delete(optOut.number));
    },
  };
}
