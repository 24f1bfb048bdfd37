import { setTimeout } from 'node:timers/promises';

import type { TypedData } from './functions-core.ts';
import type { Log } from './log.ts';
import type { Schedule } from './ncrontab.ts';
import type { Listener } from './queue-trigger.ts';

export interface TimerTrigger {
  functionName: string;
  schedule: Schedule;
  /** Runs the function once when the host starts. */
  runOnStartup: boolean;
  /** Whether the function learns its last and next run; Azure omits these for intervals under a minute. */
  useMonitor: boolean;
  /** Runs the function. Logs an error before it rejects with it. */
  run: (timer: TypedData) => Promise<void>;
  now: () => Date;
  log: Log;
}

// setTimeout takes at most 2^31 - 1 ms; Azure's timers wait in steps of 24 days as well.
const maxWait = 24 * 24 * 60 * 60 * 1000;
const neverRun = new Date('0001-01-01T00:00:00Z');

/**
 * Runs a function on a schedule, one run at a time. Computes the next run from the begin of the last one. So if a run
 * takes longer than the interval, exactly one run follows at once.
 *
 * Does not keep the state of a schedule (`useMonitor`) over restarts: does not make up for a run that was missed while
 * the host was down, and `isPastDue` is always false.
 */
export function runTimer(trigger: TimerTrigger): Listener {
  const { schedule, now } = trigger;
  const stopping = new AbortController();

  const invoke = async (last: Date | undefined, next: Date): Promise<void> => {
    try {
      await trigger.run(timerInfo(trigger, last, next));
    } catch {
      // A failed run doesn't end the schedule.
    }
  };
  const loop = async (): Promise<void> => {
    const started = now();
    let last: Date | undefined;
    let next = schedule.next(started);
    if (trigger.runOnStartup) {
      await invoke(undefined, next ?? neverRun);
      last = started;
    }
    while (next !== undefined && (await reaches(next, now, stopping.signal))) {
      // A timeout can end slightly early; with the earlier of the two times, the same run would come twice.
      const begun = new Date(Math.max(now().getTime(), next.getTime()));
      await invoke(last, next);
      last = begun;
      next = schedule.next(begun);
    }
    if (next === undefined) {
      const message = `The schedule "${schedule.text}" has no next run.`;
      trigger.log({ level: 'warning', functionName: trigger.functionName, message });
    }
  };

  const looping = loop();
  return {
    stop: () => {
      stopping.abort();
      return looping;
    },
  };
}

/** Waits until a moment. Resolves to false if `signal` ended the wait. */
async function reaches(moment: Date, now: () => Date, signal: AbortSignal): Promise<boolean> {
  for (let wait = maxWait; wait >= maxWait && !signal.aborted;) {
    wait = Math.max(moment.getTime() - now().getTime(), 0);
    await setTimeout(Math.min(wait, maxWait), undefined, { signal }).catch(() => {});
  }
  return !signal.aborted;
}

/** Tells whether Azure would keep the state of a schedule: not if it runs more than once in the next minute. */
export function isMonitored(schedule: Schedule, now: Date): boolean {
  const first = schedule.next(now);
  const second = first && schedule.next(first);
  return second === undefined || second.getTime() - now.getTime() > 60_000;
}

function timerInfo(trigger: TimerTrigger, last: Date | undefined, next: Date): TypedData {
  const scheduleStatus = {
    Last: (last ?? neverRun).toISOString(),
    Next: next.toISOString(),
    LastUpdated: (last ?? neverRun).toISOString(),
  };
  return {
    json: JSON.stringify({
      Schedule: { AdjustForDST: true },
      ScheduleStatus: trigger.useMonitor ? scheduleStatus : null,
      IsPastDue: false,
    }),
  };
}
