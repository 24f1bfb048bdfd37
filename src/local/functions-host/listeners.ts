import type { Binding, RegisteredFunction } from './functions-core.ts';
import type { HostSettings } from './host-json.ts';
import { triggerOf } from './invoke.ts';
import type { Log } from './log.ts';
import { describeError } from './log.ts';
import { parseNcrontab } from './ncrontab.ts';
import type { Schedule } from './ncrontab.ts';
import { messageText, queueTriggerMetadata } from './queue-message.ts';
import type { Listener } from './queue-trigger.ts';
import { listenToQueue } from './queue-trigger.ts';
import type { Queues } from './queues.ts';
import type { FunctionRunner } from './run-function.ts';
import { isMonitored, runTimer } from './timer-trigger.ts';

/** What listeners need from the host. */
export interface ListenerHost {
  settings: HostSettings;
  queues: Queues;
  queueVisibilitySeconds: number;
  /** Replaces all schedules. */
  timerSeconds: number | undefined;
  run: FunctionRunner['run'];
  now: () => Date;
  log: Log;
}

/** A queue or timer function whose settings have been checked. */
export interface PlannedListener {
  name: string;
  kind: 'queue' | 'timer';
  /** The name of the queue, or the schedule. */
  detail: string;
  start: () => Promise<Listener>;
}

/**
 * Checks the trigger of a queue or timer function. Starts nothing, because another function may still be refused.
 *
 * @throws an error that names the function
 */
export function planListener(registered: RegisteredFunction, host: ListenerHost): PlannedListener {
  const { name } = registered.metadata;
  const trigger = triggerOf(registered);
  try {
    return trigger.type.toLowerCase() === 'queuetrigger'
      ? planQueue(registered, trigger, host)
      : planTimer(registered, trigger, host);
  } catch (error) {
    throw new Error(`The trigger of the function ${name} can't be used: ${(error as Error).message}`, { cause: error });
  }
}

function planQueue(registered: RegisteredFunction, trigger: Binding, host: ListenerHost): PlannedListener {
  const { name } = registered.metadata;
  const { log, queues, settings } = host;
  const queue = queues.client(trigger);
  const poisonQueue = queues.poisonClient(trigger);
  return {
    name,
    kind: 'queue',
    detail: queue.name,
    start: async () => {
      await queue.createIfNotExists().catch((error: unknown) => {
        log({
          level: 'warning',
          functionName: name,
          message: `The queue ${queue.name} can't be created: ${describeError(error)}`,
        });
      });
      const listener = listenToQueue({
        functionName: name,
        queue,
        poisonQueue,
        settings: settings.queues,
        visibilitySeconds: host.queueVisibilitySeconds,
        run: async (message, body) => {
          await host.run(registered, () => {
            const text = messageText(body);
            return { input: { string: text }, triggerMetadata: queueTriggerMetadata(message, text) };
          });
        },
        sendToPoison: queues.send,
        log,
      });
      queues.onSend(queue.name, listener.wake);
      return listener;
    },
  };
}

function everySeconds(seconds: number): Schedule {
  return { text: `every ${seconds} s`, next: (after) => new Date(after.getTime() + seconds * 1000) };
}

function planTimer(registered: RegisteredFunction, trigger: Binding, host: ListenerHost): PlannedListener {
  const { name } = registered.metadata;
  const written = parseNcrontab(String(trigger['schedule']));
  const schedule = host.timerSeconds === undefined ? written : everySeconds(host.timerSeconds);
  return {
    name,
    kind: 'timer',
    detail: schedule.text,
    start: async () =>
      runTimer({
        functionName: name,
        schedule,
        runOnStartup: trigger['runOnStartup'] === true,
        useMonitor: trigger['useMonitor'] !== false && isMonitored(schedule, host.now()),
        run: (timer) => host.run(registered, () => ({ input: timer, triggerMetadata: {} })),
        now: host.now,
        log: host.log,
      }),
  };
}
