import { setTimeout as sleep } from 'node:timers/promises';

/** Reads values by key, most of them without asking storage. */
export interface ReadCache<Value> {
  /** The value, read within the last `maxAgeMs` (milliseconds; the cache's own limit unless given). */
  read(key: string, maxAgeMs?: number): Promise<Value>;
}

interface Loaded<Value> {
  value: Value;
  /** When it was asked for, so that nobody takes it for younger than it is. */
  at: number;
  /** Before this nobody asks again, since the last attempt failed. */
  retryAt: number;
}

/** Milliseconds for which an old value serves without another attempt, after one that failed. */
const restMs = 5_000;

/** Milliseconds that an attempt may take before an old value serves in its place. */
const patienceMs = 2_000;

/**
 * Keeps what was read for `freshMs`, "there is none" included. Who asks for a key that is being read waits for that
 * answer. A failure is not kept; while it lasts, what was read in the last `staleMs` serves, and so it does where an
 * answer takes two seconds. Beyond `most` keys, those that were read first are forgotten.
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
