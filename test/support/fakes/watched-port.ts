import type { SimulatedTime } from './simulated-time.ts';

/**
 * What goes wrong at a step, which is one call of a port. The call throws, or the process ends, before or after the
 * call had its effect. Or the call conflicts, and has no effect.
 */
export type Fault = 'throws before' | 'throws after' | 'dies before' | 'dies after' | 'conflicts';

/**
 * Decides what goes wrong at a step: undefined for nothing.
 *
 * @param step the port and its method, such as `notifications.updateChunk`
 * @param number the number of the step, from 1
 * @param at milliseconds since the start
 */
export type FaultPlan = (step: string, number: number, at: number) => Fault | undefined;

/** What a watched port needs. */
export interface Watch {
  /** Returns the lab's time. A function, because the time and the ports of a lab refer to each other. */
  time: () => Pick<SimulatedTime, 'inProcess' | 'elapsed'>;
  faults: FaultPlan;
  /** The names of all steps so far. */
  steps: string[];
  /** Ends the process. */
  kill: () => void;
}

/** Wraps a port: records its calls, and makes them go wrong as planned. */
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
