import type { FunctionsHostOptions } from '../../../../src/local/functions-host/start-functions-host.ts';
import { startFunctionsHost } from '../../../../src/local/functions-host/start-functions-host.ts';

/** The argument of the process, in JSON. */
export type RunOptions = Pick<
  FunctionsHostOptions,
  | 'entryFiles'
  | 'hostJson'
  | 'port'
  | 'queueVisibilitySeconds'
  | 'maxPollingIntervalMs'
  | 'timerSeconds'
  | 'requestTimeoutMs'
> & {
  connectionString: string;
  /** Tries to start a second host in the same process. */
  twice?: boolean;
};

const { connectionString, twice, ...options } = JSON.parse(process.argv[2] ?? '{}') as RunOptions;
const start = () =>
  startFunctionsHost({
    ...options,
    connectionString: (name) => (name === 'AzureWebJobsStorage' ? connectionString : ''),
    otherRoutes: (request, response) => {
      if (request.url === '/broken') {
        response.write('the beginning');
        throw new Error('broken on purpose');
      }
      if (request.url !== '/other') return false;
      response.end('answered elsewhere');
      return true;
    },
    log: (logged) => process.send?.({ logged }),
  });

// A failing test may end without telling this process to stop.
const end = (): never => process.exit();
process.once('disconnect', end);
const disconnect = (): void => {
  process.off('disconnect', end);
  process.disconnect();
};

try {
  const host = await start();
  const second =
    twice === true
      ? await start().then(
          () => 'started',
          (error: Error) => error.message,
        )
      : undefined;
  process.send?.({ started: { url: host.url, functions: host.functions, second } });
  process.on('message', () => {
    void host.stop().then(() => process.send?.({ stopped: true }, disconnect));
  });
} catch (error) {
  const { message, code } = error as NodeJS.ErrnoException;
  process.send?.({ failed: { message, code } }, disconnect);
}
