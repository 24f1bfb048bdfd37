/** A seeded source of pseudo-random choices (mulberry32), so that a failing run can be repeated. */
export function seededRandom(seed: number): {
  /** An integer from 0 to below `limit`. */
  below: (limit: number) => number;
  pick: <T>(from: readonly T[]) => T;
} {
  let state = seed;
  const below = (limit: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  return {
    below,
    pick(from) {
      const picked = from[below(from.length)];
      if (picked === undefined) throw new Error('Nothing to pick from.');
      return picked;
    },
  };
}
