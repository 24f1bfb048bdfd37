import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/*
 * Azurite is meant to be run as a program, and the entry point of its package is an editor's extension. The code below
 * requires internal modules of version 3.37.0, which package.json pins. Before a newer version is taken, compare the
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
  /** The connection string for the SDKs of tables, queues and blobs. */
  connectionString: string;
  blobUrl: string;
  queueUrl: string;
  tableUrl: string;
  /** Waits for open requests, writes all data to the location, if there is one, and closes the servers. */
  stop: () => Promise<void>;
}

/**
 * Starts Azurite's table, queue and blob servers in this process, on free ports of 127.0.0.1, without telemetry and
 * without output on the console.
 *
 * @param options.location a folder for the data, created if it is missing; if absent, data is kept in memory
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
  // Required on demand, because this takes more than half a second.
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
    // enableDebugLog, enableAccessLog, accessLogWriteStream, debugLogFilePath; queues and blobs have another order:
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
      // A store of its own, which is freed with the server; the whole process shares the default one.
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

/** Waits for open requests before it closes a server, because Azurite writes its files without waiting for them. */
async function stopServer(server: AzuriteServer): Promise<void> {
  const { httpServer } = server;
  const closed = once(httpServer, 'close');
  httpServer.close();
  // A connection becomes idle only when its last answer has been sent.
  const sweep = setInterval(() => httpServer.closeIdleConnections(), 10);
  await closed;
  clearInterval(sweep);
  await server.close();
}
