import type { FunctionsHostOptions } from './functions-host/start-functions-host.ts';
import { localSettings } from './local-settings.ts';

type Tuning = Pick<FunctionsHostOptions, 'maxPollingIntervalMs' | 'queueVisibilitySeconds' | 'timerSeconds'>;
type Name = 'LOCAL_QUEUE_POLLING_MS' | 'LOCAL_QUEUE_VISIBILITY_SECONDS' | 'LOCAL_TIMER_SECONDS';

/**
 * What the environment says of the functions host where it is to be quicker than in Azure: how long a queue message may
 * wait to be noticed (LOCAL_QUEUE_POLLING_MS, instead of what host.json says), how long one stays away whose worker died
 * (LOCAL_QUEUE_VISIBILITY_SECONDS, instead of 10 minutes), and how often every timer runs (LOCAL_TIMER_SECONDS, instead
 * of its schedule).
 *
 * @throws a sentence where one isn't a number above 0, or is more than a week
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
