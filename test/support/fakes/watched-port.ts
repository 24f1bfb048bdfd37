import type { SimulatedTime } from './simulated-time.ts';

/**
 * What goes wrong at a step: the call of the port throws, or its process ends; before its effect, or after it. Or it
 * has no effect, because another was faster.
 */
export type Fault = 'throws before' | 'throws after' | 'dies before' | 'dies after' | 'conflicts';

/**
 * Says what goes wrong at a step, given what it is (`notifications.updateChunk`), its number from 1 and the milliseconds
 * since the start.
 */
export type FaultPlan = (step: string, number: number, at: number) => Fault | undefined;

/** What watching ports takes. */
export interface Watch {
  /** Asked for with each call, since a lab's time and its ports know each other. */
  time: () => Pick<SimulatedTime, 'inProcess' | 'elapsed'>;
  faults: FaultPlan;
  /** Every call so far, by its name. */
  steps: string[];
  /** Ends the process. */
  kill: () => void;
}

/** Counts the calls of a port and lets them go wrong as planned. */
export function watchedPort<Port extends object>(name: string, port: Port, watch: Watch): Port {
  const { time, faults, steps, kill } = watch;
  const methods = Object.entries(port) as [string, (...args: unknown[]) => Promise<unknown>][];
  const around = methods.map(([method, run]) => [
    method,
    (...args: unknown[]) =>
      time().inProcess(async () => {
        const step = `${name}.${method}`;
        steps.push(step);
        const fault = faults(step, steps.length, time().elapsed());
        if (fault === 'dies before') kill();
        if (fault === 'throws before') throw new Error(`${step} failed`);
        if (fault === 'dies before') return undefined;
        if (fault === 'conflicts') return 'conflict';
        const result = await run(...args);
        if (fault === 'dies after') kill();
        if (fault === 'throws after') throw new Error(`${step} failed`);
        return result;
      }),
  ]);
  return Object.fromEntries(around) as Port;
}
