import type { FunctionsHostOptions } from './functions-host/start-functions-host.ts';
import { localSettings } from './local-settings.ts';

type Tuning = Pick<FunctionsHostOptions, 'maxPollingIntervalMs' | 'queueVisibilitySeconds' | 'timerSeconds'>;
type Name = 'LOCAL_QUEUE_POLLING_MS' | 'LOCAL_QUEUE_VISIBILITY_SECONDS' | 'LOCAL_TIMER_SECONDS';

/**
 * Reads the environment's settings that make the local functions host quicker than Azure's. Their meanings, units and
 * defaults stand in `localSettings`.
 *
 * @throws if a value is not a number above 0, or exceeds its maximum
 */
export function readHostTuning(environment: Readonly<Record<string, string | undefined>>): Tuning {
  const read = (name: Name): number | undefined => {
    const given = environment[name];
    if (given === undefined || given === '') return undefined;
    const value = Number(given);
    const { maximum } = localSettings[name];
    if (!(value > 0 && value <= maximum)) {
      throw new Error(`${name} must be a number above 0 and at most ${maximum}, not '${given}'.`);
    }
    return value;
  };
  const maxPollingIntervalMs = read('LOCAL_QUEUE_POLLING_MS');
  const queueVisibilitySeconds = read('LOCAL_QUEUE_VISIBILITY_SECONDS');
  const timerSeconds = read('LOCAL_TIMER_SECONDS');
  return {
    ...(maxPollingIntervalMs === undefined ? {} : { maxPollingIntervalMs }),
    ...(queueVisibilitySeconds === undefined ? {} : { queueVisibilitySeconds }),
    ...(timerSeconds === undefined ? {} : { timerSeconds }),
  };
}
