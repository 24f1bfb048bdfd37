import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { readPort } from '../settings/read-port.ts';

/** What `npm start` was asked for. */
export interface LocalOptions {
  /** 0 = any free one. */
  port: number;
  /** Folder in which state is kept. */
  data: string;
  /** Keep nothing on disk. */
  memory: boolean;
  /** Forget what is on disk, first. */
  reset: boolean;
  /** Run the deployable bundle instead of the sources. */
  bundle: boolean;
  /** Names of the carriers that send, separated by commas; the simulated one where absent. */
  carrier?: string;
}

/** At the project's root; git ignores it. */
const defaultDataFolder = join(import.meta.dirname, '..', '..', '.data');

/** Reads the command line of `npm start -- …`; throws with a sentence where it holds something unknown. */
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
    throw new Error('--memory keeps nothing, so --data and --reset do not go with it.');
  }
  return { ...values, data: resolve(values.data), port: readPort(values.port ?? environmentPort) };
}
