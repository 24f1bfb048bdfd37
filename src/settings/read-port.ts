import type { Setting } from '../core/setting.ts';

/**
 * The port on which a local host listens, and on which commands look for it. The default is that of Azure's own host.
 */
export const portSetting = {
  kind: 'wholeNumber',
  minimum: 0,
  maximum: 65_535,
  default: 7071,
  meaning:
    'The port of the local host, which takes the two after it as well; 0 takes any free one. `npm run token` and the commands for operators look for the host there. `npm run carrier` has no default, and listens there itself.',
} satisfies Setting;

/**
 * Reads a port from a command line or the environment's PORT; default: 7071.
 *
 * @throws Error with a sentence for the operator if it isn't a port
 */
export function readPort(given: string | undefined): number {
  const { default: defaultPort, minimum, maximum } = portSetting;
  if (given === undefined || given === '') return defaultPort;
  const port = Number(given);
  if (!Number.isInteger(port) || port < minimum || port > maximum)
    throw new Error(`'${given}' is not a port: give ${minimum} to ${maximum}.`);
  return port;
}
