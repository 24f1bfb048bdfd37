import type { OptOut, OptOutStore } from './ports.ts';

/** Looks up who opted out, and records changes. */
export interface OptOutList {
  /** Returns the numbers that opted out of an identity: digits in international form. */
  numbers(identity: string): Promise<ReadonlySet<string>>;
  add(optOut: OptOut, at: Date): Promise<void>;
  remove(optOut: OptOut): Promise<void>;
}

/**
 * Reads opt-outs through a cache: a send costs one read per identity, not one per recipient, and no read while the
 * cache is fresh. This process sees its own writes at once, and those of other processes after at most `ttlMs`
 * (milliseconds).
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

  /**
   * Applies a write to the cached list as well. A list that is being read meanwhile may or may not have the write in
   * it.
   */
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
