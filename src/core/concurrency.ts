/** Calls `work` for each item, `atOnce` at a time. Rejects with the first failure, and starts no further group then. */
export async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map(work));
  }
}

/**
 * Calls `work` for each item, `atOnce` at a time, even if some of the calls fail. Resolves to the outcome of each, in
 * the order of the items.
 */
export async function settleEach<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const ended: PromiseSettledResult<Result>[] = [];
  for (let from = 0; from < items.length; from += atOnce) {
    ended.push(...(await Promise.allSettled(items.slice(from, from + atOnce).map(work))));
  }
  return ended;
}
