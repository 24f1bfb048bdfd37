import type { TimeSpan } from '../core/page.ts';

/**
 * A pass over stored rows of a certain age, page by page. `runSweeps` runs it, and keeps where it stopped.
 *
 * @example
 *   // Every five minutes: what comes due within the next 15 minutes.
 *   const dueSoon: Sweep<Deps> = {
 *     name: 'promote-due-soon',
 *     ageSeconds: () => -900,
 *     range: 'new',
 *     everySeconds: () => 300,
 *     async step({ span, from }, { messages, outbound }) {
 *       const { items, next } = await messages.listWaiting(span, from);
 *       for (const item of items) await outbound.enqueue(item);
 *       return { done: items.length, next };
 *     },
 *   };
 */
export type Sweep<Deps> = SweepOfAnyRange<Deps> & (SweepOfNewRows<Deps> | SweepOfAllRows);

interface SweepOfAnyRange<Deps> {
  /** Names it in the log, and its position in the store of positions; unlike the name of any other sweep. */
  name: string;
  /** How old rows are when they are swept, in seconds; less than 0 for rows that are due in the future. */
  ageSeconds: (deps: Deps) => number;
  /** In how many storage accounts it runs, in each with a position of its own; default: 1. */
  accounts?: (deps: Deps) => number;
  /** How much it may do in one run, counted as its steps count `done`; default: no limit but time. */
  limit?: number;
  /** Sweeps one page. Harmless if it is repeated, or if two hosts do it at once. */
  step: (page: SweepPage, deps: Deps) => Promise<SweepStep>;
}

/** Sweeps the rows that have reached the age since the last run, in spans that overlap a little. */
interface SweepOfNewRows<Deps> {
  range: 'new';
  /** How often, in seconds; no more often than its timer runs. */
  everySeconds: (deps: Deps) => number;
}

/**
 * Sweeps everything that is older than the age, in each run of its timer: on from where the last run stopped, or from
 * the beginning if that came to the end.
 */
interface SweepOfAllRows {
  range: 'all';
}

/** What one step sweeps. */
export interface SweepPage {
  /** Rows of this time. A sweep of all rows gets everything from 1970 on. */
  span: TimeSpan;
  /** Where the page begins: `next` of the step before; undefined for the first page. */
  from: string | undefined;
  /** The storage account, counted from 0. */
  account: number;
}

/** What one step did. */
export interface SweepStep {
  /** How many rows, messages or the like the step changed or queued. */
  done: number;
  /** Where the next step begins; absent at the end. */
  next?: string | undefined;
  /** Failures of single items, which did not stop the others. */
  failures?: readonly unknown[];
}
