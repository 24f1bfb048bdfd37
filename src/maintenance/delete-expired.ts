import type { Timer } from '../operation/define-timer.ts';
import type { Sweep, SweepPositions } from './ports.ts';

/** What deleting what is too old works with. */
export interface RetentionDeps {
  sweeps: readonly Sweep[];
  sweepPositions: SweepPositions;
  retentionDays: number;
  now: () => Date;
}

/** Milliseconds that a run may take: less than half of the time that a function has. */
const timeLimit = 4 * 60_000;

/** Rows that one sweep deletes in a run, at most. */
const rowLimit = 200_000;

const dayMs = 24 * 60 * 60 * 1000;

interface SweepResult {
  deleted: number;
  /** It came to its end in this run. */
  finished: boolean;
}

/**
 * Runs every sweep for its share of the time. One that doesn't come to its end goes on from there in the next run, so
 * that what it has to pass over, such as messages scheduled for later, never keeps it from what comes behind; one that
 * does begins anew. A sweep that fails keeps none of the others from their work. Instances may overlap: to delete what
 * is gone does nothing.
 */
async function sweepAll(deps: RetentionDeps): Promise<Readonly<Record<string, unknown>>> {
  const { sweeps, now } = deps;
  const stopAt = now().getTime() + timeLimit;
  const deleted: Record<string, number> = {};
  const unfinished: string[] = [];
  const failures: unknown[] = [];
  for (const [index, sweep] of sweeps.entries()) {
    const share = (stopAt - now().getTime()) / (sweeps.length - index);
    try {
      const result = await runSweep(sweep, now().getTime() + share, deps);
      deleted[sweep.name] = result.deleted;
      if (!result.finished) unfinished.push(sweep.name);
    } catch (error) {
      failures.push(new Error(`the sweep of ${sweep.name} failed`, { cause: error }));
    }
  }
  return {
    deleted,
    ...(unfinished.length === 0 ? {} : { unfinished }),
    ...(failures.length === 0 ? {} : { error: failures[0], failures: failures.length }),
  };
}

async function runSweep(
  sweep: Sweep,
  stopAt: number,
  { sweepPositions, retentionDays, now }: RetentionDeps,
): Promise<SweepResult> {
  const { name, minDays = 0 } = sweep;
  const before = new Date(now().getTime() - Math.max(retentionDays, minDays) * dayMs);
  const began = await sweepPositions.read(name);
  let position = began;
  let deleted = 0;
  let steps = 0;
  try {
    do {
      const done = await sweep.step(before, position);
      deleted += done.deleted;
      position = done.next;
      steps += 1;
    } while (position !== undefined && deleted < rowLimit && now().getTime() < stopAt);
  } catch (error) {
    // What fails at the very place where the last run stopped would fail there for ever: the next begins anew.
    if (steps === 0) position = undefined;
    throw error;
  } finally {
    if (position !== began) await sweepPositions.write(name, position);
  }
  return { deleted, finished: position === undefined };
}

/** Deletes, every hour, what is older than it may be kept. */
export const deleteExpired: Timer<RetentionDeps> = {
  name: 'DeleteExpired',
  schedule: '0 17 * * * *',
  run: sweepAll,
};
