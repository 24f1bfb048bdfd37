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
  /** Whether the function is told about its last and next run; Azure leaves it out for schedules under a minute. */
  useMonitor: boolean;
  /** Runs the function; a rejection has been logged by whoever runs it. */
  run: (timer: TypedData) => Promise<void>;
  now: () => Date;
  log: Log;
}

// What setTimeout can do is 2^31 - 1 ms; Azure's timers go in steps of 24 days as well.
const maxWait = 24 * 24 * 60 * 60 * 1000;
const neverRun = new Date('0001-01-01T00:00:00Z');

/**
 * Runs a function on a schedule, one run at a time. The next run is found from the last one's begin, so that a run that
 * takes longer than the interval is followed by the next at once, and by no more than one.
 *
 * The state of a schedule (`useMonitor`) is not kept over restarts: a run that was missed while the host was down is
 * not made up for, and `isPastDue` is false always.
 */
export function runTimer(trigger: TimerTrigger): Listener {
  const { schedule, now } = trigger;
  const stopping = new AbortController();

  const invoke = async (last: Date | undefined, next: Date): Promise<void> => {
    try {
      await trigger.run(timerInfo(trigger, last, next));
    } catch {
      // A run that fails doesn't end the schedule.
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
      // A timeout can end a moment early: without the later of the two, the same run would come twice.
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

/** Waits for a moment; false where the wait was given up. */
async function reaches(moment: Date, now: () => Date, signal: AbortSignal): Promise<boolean> {
  for (let wait = maxWait; wait >= maxWait && !signal.aborted;) {
    wait = Math.max(moment.getTime() - now().getTime(), 0);
    await setTimeout(Math.min(wait, maxWait), undefined, { signal }).catch(() => {});
  }
  return !signal.aborted;
}

/** Whether Azure would keep the state of a schedule: not where it runs more than once in the next minute. */
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
