import { setImmediate as afterMicrotasks } from 'node:timers/promises';

import { deepCopy } from '../tools/deep-copy.ts';

/** A job on a simulated queue. */
interface QueuedJob {
  queue: string;
  job: unknown;
  /** When the job is due, in milliseconds from the start. */
  dueAt: number;
  /** How often the job was given to a worker before. */
  dequeues: number;
}

/** One run of a job by its worker. */
interface JobRun {
  queue: string;
  /** When the worker got the job, in milliseconds from the start. */
  at: number;
  /** When the worker was done, in milliseconds from the start. */
  endedAt: number;
  result?: unknown;
  error?: Error;
}

/** How the simulated host retries jobs, as host.json and Azure Functions do. */
const retrySeconds = 60;
const holdSeconds = 600;
const maxDequeueCount = 20;

/** A clock that advances only in `play`, and queues that give jobs to workers when the clock reaches them. */
export interface SimulatedTime {
  /** Returns the milliseconds from the start. */
  elapsed: () => number;
  now: () => Date;
  wait: (milliseconds: number) => Promise<void>;
  enqueue: (queue: string, job: unknown, delaySeconds?: number) => void;
  /** Lists the jobs that wait, with the time at which each is due, in milliseconds from the start. */
  queued: () => { queue: string; job: unknown; dueAt: number }[];
  runs: JobRun[];
  /** Ends the process: all running work stops, and the host gives its jobs to a worker again 10 minutes later. */
  kill: () => void;
  /** Wraps what a process does, so that it stops once the process was killed. */
  inProcess: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Advances the clock up to a time, in milliseconds from the start. Returns earlier if nothing is left to happen. */
  play: (until?: number) => Promise<void>;
}

/** Creates a simulation that begins at `start`. The worker with a queue's name handles its jobs. */
export function createSimulatedTime(
  start: Date,
  workers: Readonly<Record<string, (job: unknown) => Promise<unknown>>>,
): SimulatedTime {
  let elapsed = 0;
  let life = {};
  let timers: { at: number; fire: () => void }[] = [];
  let jobs: QueuedJob[] = [];
  const underWay = new Set<QueuedJob>();
  const runs: JobRun[] = [];
  const never = new Promise<never>(() => undefined);

  async function inProcess<Value>(work: () => Promise<Value>): Promise<Value> {
    const own = life;
    try {
      const value = await work();
      return own === life ? value : await never;
    } catch (error) {
      if (own !== life) return never;
      throw error;
    }
  }

  async function hand(entry: QueuedJob): Promise<void> {
    underWay.add(entry);
    const { queue, dequeues } = entry;
    const own = life;
    const at = elapsed;
    try {
      const result = await workers[queue]?.(deepCopy(entry.job));
      if (own !== life) return;
      runs.push({ queue, at, endedAt: elapsed, result });
    } catch (error) {
      if (own !== life) return;
      runs.push({ queue, at, endedAt: elapsed, error: error as Error });
      const isPoison = queue.endsWith('-poison');
      const dueAt = elapsed + (isPoison ? holdSeconds : retrySeconds) * 1000;
      // A poison queue has no poison queue of its own: a job that fails there is repeated without end.
      if (isPoison || dequeues + 1 < maxDequeueCount) jobs.push({ ...entry, dequeues: dequeues + 1, dueAt });
      else jobs.push({ queue: `${queue}-poison`, job: entry.job, dequeues: 0, dueAt: elapsed });
    }
    underWay.delete(entry);
  }

  return {
    elapsed: () => elapsed,
    now: () => new Date(start.getTime() + elapsed),
    wait: (milliseconds) => new Promise<void>((resolve) => timers.push({ at: elapsed + milliseconds, fire: resolve })),
    enqueue(queue, job, delaySeconds = 0) {
      jobs.push({ queue, job: deepCopy(job), dequeues: 0, dueAt: elapsed + delaySeconds * 1000 });
    },
    queued: () => jobs.map(({ queue, job, dueAt }) => ({ queue, job, dueAt })),
    runs,
    kill() {
      life = {};
      timers = [];
      for (const entry of underWay) {
        jobs.push({ ...entry, dequeues: entry.dequeues + 1, dueAt: elapsed + holdSeconds * 1000 });
      }
      underWay.clear();
    },
    inProcess,
    async play(until = Number.POSITIVE_INFINITY) {
      for (;;) {
        // Everything that happens at one time takes only microtasks.
        await afterMicrotasks();
        const next = Math.min(...jobs.map(({ dueAt }) => dueAt), ...timers.map(({ at }) => at));
        if (next > until || next === Number.POSITIVE_INFINITY) break;
        elapsed = Math.max(elapsed, next);
        const due = jobs.filter(({ dueAt }) => dueAt <= elapsed);
        const fired = timers.filter(({ at }) => at <= elapsed);
        jobs = jobs.filter(({ dueAt }) => dueAt > elapsed);
        timers = timers.filter(({ at }) => at > elapsed);
        for (const { fire } of fired) fire();
        for (const entry of due) void hand(entry);
      }
      if (until !== Number.POSITIVE_INFINITY) elapsed = Math.max(elapsed, until);
    },
  };
}
