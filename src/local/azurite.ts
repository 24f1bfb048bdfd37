import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/*
 * Azurite is made to be run as a program: its package's entry is an extension of an editor, and what is required below
 * are internals, as they are in 3.37.0, the version that package.json pins. A newer version needs a look at the
 * constructors of TableConfiguration, QueueConfiguration and BlobConfiguration.
 */
interface AzuriteServer {
  httpServer: Server;
  start: () => Promise<void>;
  close: () => Promise<void>;
}
type Configuration = new (...values: unknown[]) => object;
type AzuriteServerClass = new (configuration: object) => AzuriteServer;

/** The running storage emulators. */
export interface Azurite {
  /** For the SDKs of tables, queues and blobs. */
  connectionString: string;
  blobUrl: string;
  queueUrl: string;
  tableUrl: string;
  /** Lets open requests finish and writes everything to the location, if there is one. */
  stop: () => Promise<void>;
}

/**
 * Starts Azurite's table, queue and blob servers in this process, on free ports of 127.0.0.1, without telemetry and
 * without a word on the console.
 *
 * @param options.location a folder, made where it is missing, that keeps the data; in memory without one
 */
export async function startAzurite({ location }: { location?: string | undefined } = {}): Promise<Azurite> {
  if (location !== undefined) await mkdir(location, { recursive: true });
  const { account, key, createServers } = requireAzurite();
  const { tables, queues, blobs } = createServers(location);
  await Promise.all([tables.start(), queues.start(), blobs.start()]);
  const blobUrl = `${address(blobs.httpServer)}/${account}`;
  const queueUrl = `${address(queues.httpServer)}/${account}`;
  const tableUrl = `${address(tables.httpServer)}/${account}`;
  return {
    connectionString: [
      'DefaultEndpointsProtocol=http',
      `AccountName=${account}`,
      `AccountKey=${key}`,
      `BlobEndpoint=${blobUrl}`,
      `QueueEndpoint=${queueUrl}`,
      `TableEndpoint=${tableUrl}`,
    ].join(';'),
    blobUrl,
    queueUrl,
    tableUrl,
    stop: async () => {
      await Promise.all([stopServer(tables), stopServer(queues), stopServer(blobs)]);
    },
  };
}

interface AzuriteParts {
  account: string;
  key: string;
  createServers: (location: string | undefined) => Record<'tables' | 'queues' | 'blobs', AzuriteServer>;
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
  const BlobConfiguration = load('blob/BlobConfiguration') as Configuration;
  const BlobServer = load('blob/BlobServer') as AzuriteServerClass;

  const createServers: AzuriteParts['createServers'] = (location) => {
    const inMemory = location === undefined;
    const path = (name: string): string => join(location ?? '', name);
    const server = ['127.0.0.1', 0, 60];
    // enableDebugLog, enableAccessLog, accessLogWriteStream, debugLogFilePath; and in another order for queues and blobs:
    // enableAccessLog, accessLogWriteStream, enableDebugLog, debugLogFilePath
    const noTableLogs = [false, false, undefined, undefined];
    const noLogs = [false, undefined, false, undefined];
    // loose, skipApiVersionCheck, certificate, key, password, oauth, disableProductStyleUrl, isMemoryPersistence
    const common = [false, true, '', '', '', undefined, false, inMemory];
    const withExtents = (service: 'queue' | 'blob'): unknown[] => [
      ...server,
      path(`__azurite_db_${service}__.json`),
      path(`__azurite_db_${service}_extent__.json`),
      [{ locationId: 'Default', locationPath: path(`__${service}storage__`), maxConcurrency: 1 }],
      ...noLogs,
      ...common,
      // Its own memory, which goes when the server goes; the default is shared by the whole process.
      new MemoryExtentChunkStore(),
    ];
    return {
      tables: new TableServer(
        new TableConfiguration(...server, path('__azurite_db_table__.json'), ...noTableLogs, ...common),
      ),
      queues: new QueueServer(new QueueConfiguration(...withExtents('queue'))),
      blobs: new BlobServer(new BlobConfiguration(...withExtents('blob'))),
    };
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
