import { failpoint } from '../core/failpoint.ts';
import type { Look, Span } from './sweep.ts';
import type { Timer } from '../operation/define-timer.ts';
import type { SweepPositions } from './ports.ts';

/** What looking after work takes, beside what the looks themselves work with. */
export interface SweepDeps {
  sweepPositions: SweepPositions;
  now: () => Date;
}

/** Milliseconds that a run may take. */
const timeLimit = 4 * 60_000;

/** The longest span of one look, in milliseconds: after a long pause it catches up in several. */
const maxSpanMs = 6 * 3_600_000;

/** How far the first look of all goes back, in milliseconds. */
const firstSpan = 24 * 3_600_000;

/** By how much spans overlap at least, in milliseconds: a row may be written a while after the time in its id. */
const minOverlapMs = 60_000;

/** How far a look got: up to `to`, or, where `next` is there, in the middle of the span. */
interface Progress extends Span {
  next?: string;
}

/** One look in one place. */
interface Task<Deps> {
  look: Look<Deps>;
  account: number;
  name: string;
}

interface Outcome {
  done: number;
  failures: readonly unknown[];
  /** It came to its end in this run. */
  finished: boolean;
}

/**
 * Makes the timer that does all looks that are due, each for its share of the time. A look that fails keeps none of the
 * others from their work; one that doesn't come to its end goes on in the next run. Instances may overlap: what they do
 * twice is harmless.
 */
export function lookAfterWork<Deps extends SweepDeps>(looks: readonly Look<Deps>[]): Timer<Deps> {
  return {
    name: 'LookAfterWork',
    schedule: '0 * * * * *',
    async run(deps) {
      const { now } = deps;
      const stopAt = now().getTime() + timeLimit;
      const tasks = looks.flatMap((look) => tasksOf(look, deps));
      const done: Record<string, number> = {};
      const unfinished: string[] = [];
      const failures: unknown[] = [];
      for (const [index, task] of tasks.entries()) {
        const share = (stopAt - now().getTime()) / (tasks.length - index);
        const outcome = await doTask(task, now().getTime() + share, deps);
        if (outcome.done > 0) done[task.name] = outcome.done;
        if (!outcome.finished) unfinished.push(task.name);
        failures.push(...outcome.failures.map((cause) => new Error(`the look ${task.name} failed`, { cause })));
      }
      return {
        done,
        ...(unfinished.length === 0 ? {} : { unfinished }),
        ...(failures.length === 0 ? {} : { error: failures[0], failures: failures.length }),
      };
    },
  };
}

function tasksOf<Deps>(look: Look<Deps>, deps: Deps): Task<Deps>[] {
  const accounts = look.accounts?.(deps) ?? 1;
  return Array.from({ length: accounts }, (_, account) => ({
    look,
    account,
    name: account === 0 ? look.name : `${look.name}-at-${account}`,
  }));
}

async function doTask<Deps extends SweepDeps>(
  { look, account, name }: Task<Deps>,
  stopAt: number,
  deps: Deps,
): Promise<Outcome> {
  const { sweepPositions, now } = deps;
  const everyMs = look.everySeconds(deps) * 1000;
  const failures: unknown[] = [];
  let done = 0;
  let saved: Progress | undefined;
  let progress: Progress | undefined;
  try {
    const latest = now().getTime() - look.ageSeconds(deps) * 1000;
    saved = parseProgress(await sweepPositions.read(name));
    progress = saved;
    for (let span = nextSpan(progress, latest, everyMs); span !== undefined;) {
      const step = await look.step({ span, from: span.next, account }, deps);
      done += step.done;
      failures.push(...(step.failures ?? []));
      failpoint('sweep.stepDone');
      progress = { from: span.from, to: span.to, ...(step.next === undefined ? {} : { next: step.next }) };
      span = nextSpan(progress, latest, everyMs);
      if (span !== undefined && now().getTime() >= stopAt) break;
    }
  } catch (error) {
    failures.push(error);
    // What fails at the very place where the last run stopped would fail there for ever: the span begins anew.
    if (progress?.next !== undefined && progress === saved) progress = { from: progress.from, to: progress.from };
  }
  try {
    // A position for each page would cost more than the pages.
    if (progress !== undefined && progress !== saved) await sweepPositions.write(name, JSON.stringify(progress));
  } catch (error) {
    failures.push(error);
  }
  return { done, failures, finished: progress?.next === undefined };
}

/** What is to be looked at next; undefined where it is not time yet. */
function nextSpan(progress: Progress | undefined, latest: number, everyMs: number): Progress | undefined {
  if (progress?.next !== undefined) return progress;
  if (progress === undefined) return { from: new Date(latest - firstSpan), to: new Date(latest) };
  const reached = progress.to.getTime();
  if (latest - reached < everyMs) return undefined;
  const overlap = Math.max(minOverlapMs, everyMs);
  return { from: new Date(reached - overlap), to: new Date(Math.min(latest, reached + maxSpanMs)) };
}

function parseProgress(text: string | undefined): Progress | undefined {
  if (text === undefined) return undefined;
  const { from, to, next } = JSON.parse(text) as { from: string; to: string; next?: string };
  return { from: new Date(from), to: new Date(to), ...(next === undefined ? {} : { next }) };
}
