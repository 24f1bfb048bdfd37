import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { FunctionsHost } from '../../../../src/local/functions-host/start-functions-host.ts';
import type { LogEntry } from '../../../../src/local/functions-host/log.ts';
import type { RunOptions } from './run-host.ts';

type Started = Pick<FunctionsHost, 'url' | 'functions'> & { second?: string };
type Message =
  | { started: Started }
  | { failed: { message: string; code?: string } }
  | { logged: LogEntry }
  | { terminated: unknown }
  | { stopped: true };

/** A functions host in a process of its own. */
export type SpawnedHost = Started & {
  /** The log so far. */
  logged: LogEntry[];
  /** Returns the message of its appTerminate hook. */
  terminated: () => unknown;
  /** Stops the host; resolves to the exit code of the process. */
  stop: () => Promise<number | null>;
};

/** The settings of the tests: quick polling, and small batches. */
export const testHostJson = {
  version: '2.0',
  extensions: {
    http: { routePrefix: 'api/v1' },
    queues: { batchSize: 4, newBatchThreshold: 2, maxDequeueCount: 3, maxPollingInterval: '00:00:00.2' },
  },
};

/** The entry files of the fixture apps. */
export const fixtures = {
  hooked: fileURLToPath(new URL('hooked-functions.ts', import.meta.url)),
  http: fileURLToPath(new URL('http-functions.ts', import.meta.url)),
  queues: fileURLToPath(new URL('queue-functions.ts', import.meta.url)),
  refused: fileURLToPath(new URL('refused-functions.ts', import.meta.url)),
  slow: fileURLToPath(new URL('slow-functions.ts', import.meta.url)),
  streaming: fileURLToPath(new URL('streaming.ts', import.meta.url)),
  timers: fileURLToPath(new URL('timer-functions.ts', import.meta.url)),
};

/**
 * Starts a host with fixture apps. It runs as it does for a developer: under plain Node, which loads
 * the TypeScript files itself. A start that fails rejects with the host's own message and code.
 */
export async function spawnHost(
  entryFiles: readonly string[],
  options: Partial<RunOptions> & { environment?: Record<string, string> } = {},
): Promise<SpawnedHost> {
  const { environment, ...rest } = options;
  const run: RunOptions = {
    entryFiles,
    hostJson: testHostJson,
    port: 0,
    connectionString: '',
    ...rest,
  };
  const child = fork(join(import.meta.dirname, 'run-host.ts'), [JSON.stringify(run)], {
    env: { ...process.env, ...environment },
    execArgv: [],
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const logged: LogEntry[] = [];
  let terminated: unknown;
  const started = Promise.withResolvers<Started>();
  child.on('message', (message: Message) => {
    if ('started' in message) started.resolve(message.started);
    else if ('failed' in message) started.reject(Object.assign(new Error(message.failed.message), message.failed));
    else if ('logged' in message) logged.push(message.logged);
    else if ('terminated' in message) ({ terminated } = message);
  });
  child.once('exit', (code) => started.reject(new Error(`The host ended with ${code} before it was ready.`)));
  return {
    ...(await started.promise),
    logged,
    terminated: () => terminated,
    stop: () => {
      if (child.connected) child.send('stop');
      return ended;
    },
  };
}
