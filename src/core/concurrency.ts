/** Does something with each of many things, so many at a time; rejects with the first failure, and begins no more then. */
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
 * Does something with each of many things, so many at a time, whatever becomes of the others. Resolves to how each of
 * them ended, in order.
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
