import { setTimeout as sleep } from 'node:timers/promises';

/** Reads values by key, most of them without a request to storage. */
export interface ReadCache<Value> {
  /** Resolves to a value that was read within the last `maxAgeMs` milliseconds; default: the cache's `freshMs`. */
  read(key: string, maxAgeMs?: number): Promise<Value>;
}

interface Loaded<Value> {
  value: Value;
  /** When the read began, in milliseconds since 1970, so that the value never counts as younger than it is. */
  at: number;
  /** The time before which the value is not read again, because the last attempt failed; in milliseconds since 1970. */
  retryAt: number;
}

/** Milliseconds after a failed attempt in which an old value is used without another attempt. */
const restMs = 5_000;

/** Milliseconds that an attempt may take before an old value is used instead. */
const patienceMs = 2_000;

/**
 * Creates a cache that keeps each value for `freshMs` milliseconds, including a value that means "not found".
 *
 * Callers that ask for a key while it is being read share that read. A failure is not cached. While `load` fails, or if
 * it takes more than two seconds, a value that was read in the last `staleMs` is used instead. If there are more than
 * `max` keys, the cache drops the value that was read the longest ago.
 *
 * @param load reads a value; if it rejects and there is no old value, `read` rejects with the same error
 */
export function createReadCache<Value>(
  load: (key: string) => Promise<Value>,
  {
    now,
    freshMs = 60_000,
    staleMs = 600_000,
    max = 5_000,
    wait = (milliseconds) => sleep(milliseconds, undefined, { ref: false }),
  }: {
    now: () => Date;
    freshMs?: number;
    staleMs?: number;
    max?: number;
    wait?: (milliseconds: number) => Promise<void>;
  },
): ReadCache<Value> {
  const known = new Map<string, Loaded<Value>>();
  const pending = new Map<string, Promise<Value>>();

  const refresh = async (key: string): Promise<Value> => {
    const at = now().getTime();
    try {
      const value = await load(key);
      known.delete(key);
      known.set(key, { value, at, retryAt: 0 });
      const [first] = known.keys();
      if (known.size > max && first !== undefined) known.delete(first);
      return value;
    } catch (error) {
      const old = usable(key);
      if (old === undefined) {
        known.delete(key);
        throw error;
      }
      old.retryAt = now().getTime() + restMs;
      return old.value;
    }
  };

  const usable = (key: string): Loaded<Value> | undefined => {
    const old = known.get(key);
    return old !== undefined && now().getTime() - old.at < staleMs ? old : undefined;
  };

  return {
    async read(key, maxAgeMs = freshMs) {
      const loaded = known.get(key);
      const time = now().getTime();
      if (loaded !== undefined && time - loaded.at < maxAgeMs) return loaded.value;
      if (loaded !== undefined && time < loaded.retryAt && usable(key) !== undefined) return loaded.value;
      let reading = pending.get(key);
      if (reading === undefined) {
        reading = refresh(key).finally(() => pending.delete(key));
        pending.set(key, reading);
      }
      const old = usable(key);
      if (old === undefined) return reading;
      return Promise.race([reading, wait(patienceMs).then(() => old.value)]);
    },
  };
}
