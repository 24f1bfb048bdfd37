/** Whole seconds from `now` until a time, rounded up; 0 for a time that has passed, and for none. */
export function secondsUntil(time: Date | undefined, now: Date): number {
  return time === undefined ? 0 : Math.max(0, Math.ceil((time.getTime() - now.getTime()) / 1_000));
}
