/** The middle one, or the upper of the two in the middle; NaN where there is none. */
export function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;
}

/** Runs a task so many times, `width` of them at once; resolves to the milliseconds that took. */
export async function timed(
  { width, count }: { width: number; count: number },
  task: (index: number) => Promise<unknown>,
): Promise<number> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await task(index);
  };
  const begun = performance.now();
  await Promise.all(Array.from({ length: width }, work));
  return performance.now() - begun;
}

/**
 * Calls functions in turn for so many rounds, every other round in reverse, so that what slows the machine down for a
 * while slows all of them; resolves to each one's results.
 */
export async function interleaved<Name extends string, Result>(
  rounds: number,
  sides: Readonly<Record<Name, (round: number) => Result | Promise<Result>>>,
): Promise<Record<Name, Result[]>> {
  const names = Object.keys(sides) as Name[];
  const results = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, Result[]>;
  for (let round = 0; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) results[name].push(await sides[name](round));
  }
  return results;
}

/** How often a function can be called in a second, from as many calls as fill about so many milliseconds. */
export function callsPerSecond(call: () => unknown, milliseconds = 200): number {
  let calls = 0;
  const begun = performance.now();
  let passed = 0;
  for (let lot = 1; passed < milliseconds; lot = Math.min(lot * 2, 4096)) {
    for (let index = 0; index < lot; index++) call();
    calls += lot;
    passed = performance.now() - begun;
  }
  return (calls * 1000) / passed;
}

/** Counts up, and tells who waits when a number is reached. */
export function createTally() {
  let count = 0;
  let waiting: { atLeast: number; tell: () => void }[] = [];
  return {
    count: () => count,
    add(more: number): void {
      count += more;
      for (const { atLeast, tell } of waiting) if (count >= atLeast) tell();
      waiting = waiting.filter(({ atLeast }) => count < atLeast);
    },
    reached: (atLeast: number): Promise<void> =>
      count >= atLeast ? Promise.resolve() : new Promise((tell) => waiting.push({ atLeast, tell })),
  };
}
