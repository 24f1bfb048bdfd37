import { windowMs } from './permit-plan.ts';

/** Counts one connection's calls of the last 60 seconds in this process, by seconds. Times are in milliseconds. */
export interface CallCount {
  add(at: number): void;
  /** Calls of the last 60 seconds, give or take one second's. */
  count(at: number): number;
  /** When the oldest of them leave the count; `at` where there are none. */
  nextAt(at: number): number;
}

const stepMs = 1_000;

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
