/** A call that takes longer makes its subscriber a slow one, in milliseconds. */
export const patienceMs = 2_000;

/** How long a subscriber is taken for slow after a call that was, in milliseconds. */
const memoryMs = 5 * 60_000;

/** Calls of one slow subscriber that may be under way at a time in this process. */
const slowCalls = 8;

/** Remembers which subscribers are slow, so that a worker lets no one wait for them. */
export interface SlowSubscribers {
  /** Whether its last calls took long. */
  isSlow(key: string): boolean;
  /** Whether so many slow calls to it are under way that a further one should wait. */
  isCrowded(key: string): boolean;
  /** Told when a call has taken longer than {@link patienceMs}; what it returns is told when the call is over. */
  begin(key: string): () => void;
  /** Told of a call that was quick. */
  clear(key: string): void;
}

/** Keeps that memory in this process: it costs no storage operation, and each process learns by one call. */
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
