/** Reads values by key, most of them without asking storage. */
export interface ReadCache<Value> {
  /** The value, read within the last `maxAgeMs` (milliseconds; the cache's own limit unless given). */
  read(key: string, maxAgeMs?: number): Promise<Value>;
}

interface Loaded<Value> {
  value: Value;
  /** When it was asked for, so that nobody takes it for younger than it is. */
  at: number;
}

/**
 * Keeps what was read for `freshMs`, "there is none" included. Who asks for a key that is being read waits for that
 * answer. A failure is not kept; while it lasts, what was read in the last `staleMs` serves. Beyond `most` keys, those
 * that were read first are forgotten.
 */
export function createReadCache<Value>(
  load: (key: string) => Promise<Value>,
  {
    now,
    freshMs = 60_000,
    staleMs = 600_000,
    most = 5_000,
  }: { now: () => Date; freshMs?: number; staleMs?: number; most?: number },
): ReadCache<Value> {
  const known = new Map<string, Loaded<Value>>();
  const pending = new Map<string, Promise<Value>>();

  const refresh = async (key: string): Promise<Value> => {
    const at = now().getTime();
    try {
      const value = await load(key);
      known.delete(key);
      known.set(key, { value, at });
      const [first] = known.keys();
      if (known.size > most && first !== undefined) known.delete(first);
      return value;
    } catch (error) {
      const old = known.get(key);
      if (old !== undefined && now().getTime() - old.at < staleMs) return old.value;
      known.delete(key);
      throw error;
    }
  };

  return {
    async read(key, maxAgeMs = freshMs) {
      const loaded = known.get(key);
      if (loaded !== undefined && now().getTime() - loaded.at < maxAgeMs) return loaded.value;
      let reading = pending.get(key);
      if (reading === undefined) {
        reading = refresh(key).finally(() => pending.delete(key));
        pending.set(key, reading);
      }
      return reading;
    },
  };
}
