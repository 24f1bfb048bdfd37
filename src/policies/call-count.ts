import { windowMs } from './permit-plan.ts';

/** Counts one connection's calls of the last 60 seconds in this process. Times are Unix times in milliseconds. */
export interface CallCount {
  /** Counts one call. */
  add(at: number): void;
  /** The number of calls of the last 60 seconds, and of at most one second before. */
  count(at: number): number;
  /** When the oldest counted calls leave the count; `at` if there are none. */
  nextAt(at: number): number;
}

/** Calls of one second share a counter. */
const stepMs = 1_000;

/**
 * Creates an empty count. It keeps one counter for each second that had calls, so its memory doesn't grow with the
 * number of calls: it holds at most 61 counters. A call is therefore counted for 60 to 61 seconds, never for less. The
 * throttle uses it while storage fails; the count knows nothing of other instances.
 */
export function createCallCount(): CallCount {
  let steps: { from: number; calls: number }[] = [];
  const isOver = (from: number, at: number): boolean => from + stepMs + windowMs <= at;
  return {
    add(at) {
      const from = Math.floor(at / stepMs) * stepMs;
      const last = steps.at(-1);
      if (last?.from === from) last.calls++;
      else steps = [...steps.filter((step) => !isOver(step.from, at)), { from, calls: 1 }];
    },
    count: (at) => steps.reduce((sum, { from, calls }) => (isOver(from, at) ? sum : sum + calls), 0),
    nextAt(at) {
      const first = steps.find(({ from }) => !isOver(from, at));
      return first === undefined ? at : first.from + stepMs + windowMs;
    },
  };
}
