import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { readHostJson } from './host-json.ts';
import type { HttpHost } from './http-trigger.ts';
import { handleRequest } from './http-trigger.ts';
import { loadApp } from './load-app.ts';
import type { Log } from './log.ts';
import { describeError } from './log.ts';
import type { Plan } from './plan-functions.ts';
import { planFunctions } from './plan-functions.ts';
import { openQueues } from './queues.ts';
import { describeOverlaps } from './route-table.ts';
import { createRunner } from './run-function.ts';

export interface FunctionsHostOptions {
  /** Absolute paths of .ts or .js files, loaded in this order. */
  entryFiles: readonly string[];
  /** The parsed host.json. */
  hostJson: unknown;
  /** 0 takes any free port. */
  port: number;
  /** Returns the connection string for the `connection` of a binding, which is `AzureWebJobsStorage` by default. */
  connectionString: (name: string) => string;
  log: Log;
  /** Answers requests outside the route prefix. False: it has not answered, and the host answers 404. */
  otherRoutes?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  /**
   * How long a dequeued message stays invisible; renewed at half-time while the function runs. Default: Azure's 600.
   */
  queueVisibilitySeconds?: number;
  /**
   * How long head and body of a request may take to arrive; after that the host answers 408 and closes the connection.
   */
  requestTimeoutMs?: number;
  /** Replaces the `maxPollingInterval` of host.json. */
  maxPollingIntervalMs?: number;
  /** Runs every timer at this interval, instead of by its schedule. */
  timerSeconds?: number;
  now?: () => Date;
}

export interface FunctionsHost {
  /** `http://127.0.0.1:port` */
  url: string;
  functions: Plan['functions'];
  /** Ends polling and timers, waits for invocations in progress, runs the appTerminate hooks and closes the server. */
  stop: () => Promise<void>;
}

let used = false;

/**
 * Runs the functions of an app on this machine as Azure's host and its Node.js worker do. Drives the library
 * `@azure/functions` itself, so that the same entry files run here and in Azure. Supports HTTP, queue and timer
 * triggers, and HTTP and queue outputs; creates a missing trigger queue. Skips functions that the environment switches
 * off with `AzureWebJobs.<name>.Disabled=true`. Does not support access keys, functionTimeout, retry policies and
 * scaling.
 *
 * In Azure, an unhandled rejection or exception ends the worker's process with all its invocations. Here, the host logs
 * it as critical and continues.
 *
 * @throws if host.json or the app can't be used, if the port is taken (the error of the operating system), and on a
 *   second call, because the library registers once in a process
 */
export async function startFunctionsHost(options: FunctionsHostOptions): Promise<FunctionsHost> {
  const settings = readHostJson(options.hostJson);
  if (options.maxPollingIntervalMs !== undefined) settings.queues.maxPollingInterval = options.maxPollingIntervalMs;
  if (used) throw new Error('A process can run only one functions host, and only once.');

  // Listens before it loads the app, because loading works only once in a process and the port may be taken. Requests
  // wait until the app is loaded.
  const ready = Promise.withResolvers<HttpHost>();
  const { requestTimeoutMs = 60_000 } = options;
  const limits = {
    keepAliveTimeout: 120_000,
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: requestTimeoutMs / 2,
  };
  const server = createServer(limits, (request, response) => {
    void ready.promise.then((host) => handleRequest(host, request, response));
  });
  server.listen(options.port, '127.0.0.1');
  await once(server, 'listening');
  used = true;
  const { log } = options;
  const stopWatching = watchStrayErrors(log);
  const close = (): void => {
    server.close();
    server.closeAllConnections();
    stopWatching();
  };
  try {
    const app = await loadApp(options.entryFiles, log);
    const queues = openQueues(options.connectionString);
    const runner = createRunner(app.core, { queues, encoding: settings.queues.messageEncoding, log });
    const { routes, functions, listeners } = planFunctions(app.functions, {
      settings,
      queues,
      queueVisibilitySeconds: options.queueVisibilitySeconds ?? 600,
      timerSeconds: options.timerSeconds,
      run: runner.run,
      now: options.now ?? (() => new Date()),
      log,
    });
    for (const message of describeOverlaps(routes)) log({ level: 'warning', message });
    const listening = await Promise.all(listeners.map(({ start }) => start()));
    const http: HttpHost = {
      ...runner,
      routes,
      routePrefix: settings.routePrefix,
      streaming: app.streaming,
      running: new Set(),
      otherRoutes: options.otherRoutes,
      log,
    };
    ready.resolve(http);
    const stop = async (): Promise<void> => {
      server.close();
      await Promise.all(listening.map((listener) => listener.stop()));
      await Promise.all(http.running);
      await app.terminate().catch((error: unknown) => {
        log({ level: 'error', message: `An appTerminate hook failed: ${describeError(error)}` });
      });
      close();
      await app.closeStreaming();
    };
    let stopped: Promise<void> | undefined;
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, functions, stop: () => (stopped ??= stop()) };
  } catch (error) {
    close();
    throw error;
  }
}

function watchStrayErrors(log: Log): () => void {
  const report = (error: unknown): void => {
    log({
      level: 'critical',
      message: `Unhandled error, which would end the process in Azure: ${describeError(error)}`,
    });
  };
  process.on('unhandledRejection', report).on('uncaughtException', report);
  return () => process.off('unhandledRejection', report).off('uncaughtException', report);
}
