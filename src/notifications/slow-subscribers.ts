/** Milliseconds after which a call makes its subscriber count as slow. */
export const patienceMs = 2_000;

/** Milliseconds for which a subscriber counts as slow after a slow call. */
const memoryMs = 5 * 60_000;

/** The maximum number of slow calls to one subscriber that may be under way at the same time in this process. */
const slowCalls = 8;

/** Remembers which subscribers are slow, so that a worker doesn't make others wait for them. */
export interface SlowSubscribers {
  /** Tells whether the subscriber's recent calls were slow. */
  isSlow(key: string): boolean;
  /** Tells whether {@link slowCalls} slow calls to the subscriber are under way, so that another one should wait. */
  isCrowded(key: string): boolean;
  /**
   * Records that a call has taken longer than {@link patienceMs}. The caller calls the returned function when the call
   * ends.
   */
  begin(key: string): () => void;
  /** Records a quick call. */
  clear(key: string): void;
}

/** Creates a memory for this process. It costs no storage operation, and each process learns from one call. */
export function createSlowSubscribers(now: () => Date): SlowSubscribers {
  const slowUntil = new Map<string, number>();
  const underWay = new Map<string, number>();
  const count = (key: string, change: number): void => {
    const calls = (underWay.get(key) ?? 0) + change;
    if (calls > 0) underWay.set(key, calls);
    else underWay.delete(key);
  };
  return {
    isSlow(key) {
      const until = slowUntil.get(key);
      if (until === undefined) return false;
      if (until > now().getTime()) return true;
      slowUntil.delete(key);
      return false;
    },
    isCrowded: (key) => (underWay.get(key) ?? 0) >= slowCalls,
    begin(key) {
      slowUntil.set(key, now().getTime() + memoryMs);
      count(key, 1);
      return () => count(key, -1);
    },
    clear: (key) => void slowUntil.delete(key),
  };
}
