import { settleEach } from '../core/concurrency.ts';
import type { SweepStep } from './sweep.ts';

/** Items that are worked on at the same time. */
const concurrency = 16;

/**
 * Works on each item of a page. An item that fails does not stop the others.
 *
 * @param work resolves to how much it did
 * @returns the step without `next`
 */
export async function sweepItems<Item>(
  items: readonly Item[],
  work: (item: Item) => Promise<number>,
): Promise<Required<Pick<SweepStep, 'done' | 'failures'>>> {
  const ended = await settleEach(items, concurrency, work);
  return {
    done: ended.reduce((sum, each) => (each.status === 'fulfilled' ? sum + each.value : sum), 0),
    failures: ended.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : [])),
  };
}
