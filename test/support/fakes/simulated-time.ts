import { setImmediate as afterMicrotasks } from 'node:timers/promises';

import { deepCopy } from '../tools/deep-copy.ts';

/** A job on a simulated queue. */
interface QueuedJob {
  queue: string;
  job: unknown;
  /** Milliseconds from the start. */
  dueAt: number;
  /** How often it was handed out before. */
  dequeues: number;
}

/** What a job came to. */
interface JobRun {
  queue: string;
  /** When it was handed out, in milliseconds from the start. */
  at: number;
  /** When its worker was done. */
  endedAt: number;
  result?: unknown;
  error?: Error;
}

/** How the simulated host treats jobs, as host.json and Azure Functions do. */
const retrySeconds = 60;
const holdSeconds = 600;
const maxDequeueCount = 20;

/** A clock that stands still until it is played, and queues whose jobs are handed out when the clock reaches them. */
export interface SimulatedTime {
  /** Milliseconds from the start. */
  elapsed: () => number;
  now: () => Date;
  wait: (milliseconds: number) => Promise<void>;
  enqueue: (queue: string, job: unknown, delaySeconds?: number) => void;
  /** The jobs that wait, with the time at which each is due. */
  queued: () => { queue: string; job: unknown; dueAt: number }[];
  runs: JobRun[];
  /** Everything under way is forgotten, as when the process ends; the host hands its jobs out again much later. */
  kill: () => void;
  /** Wraps what a process does, so that nothing of it goes on once the process is dead. */
  inProcess: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** Lets time go on up to a moment, in milliseconds from the start; stops before it where nothing is left to happen. */
  play: (until?: number) => Promise<void>;
}

/** Starts a simulation at `start`; each queue's jobs are handled by the worker of its name. */
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
      // A poison queue has none of its own: what fails there comes again and again.
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
        // All that happens at one moment takes no more than microtasks.
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
