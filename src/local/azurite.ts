import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/*
 * Azurite is made to be run as a program: its package's entry is an extension of an editor, and what is required below
 * are internals, as they are in 3.37.0, the version that package.json pins. A newer version needs a look at the
 * constructors of TableConfiguration and QueueConfiguration.
 */
interface AzuriteServer {
  httpServer: Server;
  start: () => Promise<void>;
  close: () => Promise<void>;
}
type Configuration = new (...values: unknown[]) => object;
type AzuriteServerClass = new (configuration: object) => AzuriteServer;

/** A running pair of storage emulators. */
export interface Azurite {
  /** For the SDKs of queues and tables; there are no blobs. */
  connectionString: string;
  queueUrl: string;
  tableUrl: string;
  /** Lets open requests finish and writes everything to the location, if there is one. */
  stop: () => Promise<void>;
}

/**
 * Starts Azurite's table and queue servers in this process, on free ports of 127.0.0.1, without telemetry and without a
 * word on the console.
 *
 * @param options.location a folder, made where it is missing, that keeps the data; in memory without one
 */
export async function startAzurite({ location }: { location?: string | undefined } = {}): Promise<Azurite> {
  if (location !== undefined) await mkdir(location, { recursive: true });
  const { account, key, createServers } = requireAzurite();
  const [tables, queues] = createServers(location);
  await Promise.all([tables.start(), queues.start()]);
  const queueUrl = `${address(queues.httpServer)}/${account}`;
  const tableUrl = `${address(tables.httpServer)}/${account}`;
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${account}`,
      `AccountKey=${key}`,
      `QueueEndpoint=${queueUrl}`,
      `TableEndpoint=${tableUrl}`,
    ].join(';'),
    queueUrl,
    tableUrl,
    stop: async () => {
      await Promise.all([stopServer(tables), stopServer(queues)]);
    },
  };
}

interface AzuriteParts {
  account: string;
  key: string;
  createServers: (location: string | undefined) => [tables: AzuriteServer, queues: AzuriteServer];
}

function requireAzurite(): AzuriteParts {
  // Required on demand: this takes more than half a second.
  const require = createRequire(import.meta.url);
  const { AzuriteTelemetryClient: telemetry } = require('azurite/dist/src/common/Telemetry') as {
    AzuriteTelemetryClient: { init: (location: string, enable: boolean, environment: undefined) => void };
  };
  telemetry.init('', false, undefined);
  const constants = require('azurite/dist/src/common/utils/constants') as {
    EMULATOR_ACCOUNT_NAME: string;
    EMULATOR_ACCOUNT_KEY: Buffer;
  };
  const { MemoryExtentChunkStore } = require('azurite/dist/src/common/persistence/MemoryExtentStore') as {
    MemoryExtentChunkStore: new () => object;
  };
  const load = (path: string): unknown => (require(`azurite/dist/src/${path}`) as { default: unknown }).default;
  const TableConfiguration = load('table/TableConfiguration') as Configuration;
  const TableServer = load('table/TableServer') as AzuriteServerClass;
  const QueueConfiguration = load('queue/QueueConfiguration') as Configuration;
  const QueueServer = load('queue/QueueServer') as AzuriteServerClass;

  const createServers: AzuriteParts['createServers'] = (location) => {
    const inMemory = location === undefined;
    const path = (name: string): string => join(location ?? '', name);
    const server = ['127.0.0.1', 0, 60];
    // enableDebugLog, enableAccessLog, accessLogWriteStream, debugLogFilePath; and in another order for queues:
    // enableAccessLog, accessLogWriteStream, enableDebugLog, debugLogFilePath
    const noTableLogs = [false, false, undefined, undefined];
    const noQueueLogs = [false, undefined, false, undefined];
    // loose, skipApiVersionCheck, certificate, key, password, oauth, disableProductStyleUrl, isMemoryPersistence
    const common = [false, true, '', '', '', undefined, false, inMemory];
    const queueFiles = [
      path('__azurite_db_queue__.json'),
      path('__azurite_db_queue_extent__.json'),
      [{ locationId: 'Default', locationPath: path('__queuestorage__'), maxConcurrency: 1 }],
    ];
    return [
      new TableServer(new TableConfiguration(...server, path('__azurite_db_table__.json'), ...noTableLogs, ...common)),
      new QueueServer(
        new QueueConfiguration(
          ...server,
          ...queueFiles,
          ...noQueueLogs,
          ...common,
          // Its own memory, which goes when the server goes; the default is shared by the whole process.
          new MemoryExtentChunkStore(),
        ),
      ),
    ];
  };
  const key = constants.EMULATOR_ACCOUNT_KEY.toString('base64');
  return { account: constants.EMULATOR_ACCOUNT_NAME, key, createServers };
}

function address(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Azurite writes its files without waiting for the requests that are open, hence those come first. */
async function stopServer(server: AzuriteServer): Promise<void> {
  const { httpServer } = server;
  const closed = once(httpServer, 'close');
  httpServer.close();
  // Connections are idle only when their last answer has gone out.
  const sweep = setInterval(() => httpServer.closeIdleConnections(), 10);
  await closed;
  clearInterval(sweep);
  await server.close();
}
