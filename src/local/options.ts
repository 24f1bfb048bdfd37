import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { readPort } from '../settings/read-port.ts';

/** The options of `npm start`. */
export interface LocalOptions {
  /** 0 takes any free port. */
  port: number;
  /** The folder for the state. */
  data: string;
  /** Keeps nothing on disk. */
  memory: boolean;
  /** First removes the state of earlier runs. */
  reset: boolean;
  /** Runs the deployable bundle instead of the sources. */
  bundle: boolean;
  /** Names of the carriers that send, separated by commas; default: the simulated one. */
  carrier?: string;
}

/** In the project's root; git ignores it. */
const defaultDataFolder = join(import.meta.dirname, '..', '..', '.data');

/** Reads the command line of `npm start -- …`. Throws if an option is unknown or contradicts another. */
export function readOptions(argv: readonly string[], environmentPort: string | undefined): LocalOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string' },
      data: { type: 'string', default: defaultDataFolder },
      memory: { type: 'boolean', default: false },
      reset: { type: 'boolean', default: false },
      bundle: { type: 'boolean', default: false },
      carrier: { type: 'string' },
    },
  });
  if (values.memory && (values.reset || values.data !== defaultDataFolder)) {
    throw new Error('--memory keeps nothing, so it cannot be combined with --data or --reset.');
  }
  return { ...values, data: resolve(values.data), port: readPort(values.port ?? environmentPort) };
}
