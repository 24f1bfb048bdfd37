import { failpoint } from '../core/failpoint.ts';
import type { SweepPositions } from './ports.ts';
import { rangeOf } from './sweep-range.ts';
import type { Position } from './sweep-range.ts';
import type { Sweep } from './sweep.ts';

/** Dependencies of running sweeps, besides those of the sweeps themselves. */
export interface SweepDeps {
  maintenance: { positions: SweepPositions };
  now: () => Date;
}

/** The result of a run, for the log. */
export type SweepsResult = Readonly<{
  /** How much each sweep did. A sweep that did nothing is left out. */
  done: Record<string, number>;
  /** The sweeps that go on in the next run. */
  unfinished?: string[];
  failures?: number;
  /** The first of the failures. */
  error?: unknown;
}>;

/** The maximum duration of a run, in milliseconds: less than half of the time that a function has. */
const timeLimit = 4 * 60_000;

/** One sweep in one storage account. */
interface Task<Deps> {
  sweep: Sweep<Deps>;
  account: number;
  name: string;
}

interface Outcome {
  done: number;
  failures: readonly unknown[];
  /** Whether the sweep came to its end in this run. */
  finished: boolean;
}

/**
 * Runs all sweeps that are due, each for its share of the time that is left. A sweep that fails does not stop the
 * others, and one that does not come to its end goes on from there in the next run. Several hosts may run the same
 * sweeps at once: to do a step twice is harmless.
 */
export async function runSweeps<Deps extends SweepDeps>(
  sweeps: readonly Sweep<Deps>[],
  deps: Deps,
): Promise<SweepsResult> {
  const { now } = deps;
  const stopAt = now().getTime() + timeLimit;
  const tasks = sweeps.flatMap((sweep) => tasksOf(sweep, deps));
  const done: Record<string, number> = {};
  const unfinished: string[] = [];
  const failures: unknown[] = [];
  for (const [index, task] of tasks.entries()) {
    const share = (stopAt - now().getTime()) / (tasks.length - index);
    const outcome = await runTask(task, now().getTime() + share, deps);
    if (outcome.done > 0) done[task.name] = outcome.done;
    if (!outcome.finished) unfinished.push(task.name);
    failures.push(...outcome.failures.map((cause) => new Error(`the sweep ${task.name} failed`, { cause })));
  }
  return {
    done,
    ...(unfinished.length === 0 ? {} : { unfinished }),
    ...(failures.length === 0 ? {} : { error: failures[0], failures: failures.length }),
  };
}

function tasksOf<Deps>(sweep: Sweep<Deps>, deps: Deps): Task<Deps>[] {
  const accounts = sweep.accounts?.(deps) ?? 1;
  return Array.from({ length: accounts }, (_, account) => ({
    sweep,
    account,
    name: account === 0 ? sweep.name : `${sweep.name}-at-${account}`,
  }));
}

async function runTask<Deps extends SweepDeps>(
  { sweep, account, name }: Task<Deps>,
  stopAt: number,
  deps: Deps,
): Promise<Outcome> {
  const { maintenance, now } = deps;
  const { limit = Number.POSITIVE_INFINITY } = sweep;
  const range = rangeOf(sweep, deps);
  const latest = new Date(now().getTime() - sweep.ageSeconds(deps) * 1000);
  const failures: unknown[] = [];
  let done = 0;
  let stored: string | undefined;
  let began: Position | undefined;
  let position: Position | undefined;
  try {
    stored = await maintenance.positions.read(name);
    began = range.parse(stored, latest);
    position = began;
    for (let page = range.next(position, latest); page !== undefined;) {
      const step = await sweep.step({ span: page, from: page.next, account }, deps);
      done += step.done;
      failures.push(...(step.failures ?? []));
      failpoint('sweep.stepDone');
      position = { from: page.from, to: page.to, ...(step.next === undefined ? {} : { next: step.next }) };
      page = range.next(position, latest);
      if (done >= limit || now().getTime() >= stopAt) break;
    }
  } catch (error) {
    failures.push(error);
    // A page that fails where the last run stopped would fail there for ever.
    if (position?.next !== undefined && position === began) position = range.restart(position);
  }
  try {
    // Once a run: a write for each page would cost more than the pages.
    const reached = range.format(position);
    if (reached !== stored) await maintenance.positions.write(name, reached);
  } catch (error) {
    failures.push(error);
  }
  return { done, failures, finished: position?.next === undefined };
}
