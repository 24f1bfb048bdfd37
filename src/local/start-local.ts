import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { simulated } from '../carriers/simulated/index.ts';
import { startSimulatedCarrier } from '../carriers/simulated/server.ts';
import { scopes } from '../operation/scopes.ts';
import { startAzurite } from './azurite.ts';
import { findFreePort, isPortFree } from './free-port.ts';
import { startFunctionsHost } from './functions-host/start-functions-host.ts';
import type { FunctionsHost } from './functions-host/start-functions-host.ts';
import { readHostTuning } from './host-tuning.ts';
import { answerRoot } from './root-routes.ts';
import { seedDirectory } from './seed-directory.ts';
import { startTokenIssuer } from './token-issuer.ts';

const root = join(import.meta.dirname, '..', '..');
const loopback = '127.0.0.1';

/** The audience of local tokens, and their user with all scopes. */
const demoAudience = 'api://smartdialog';
const demoUser = { sub: 'demo-user', scope: Object.keys(scopes).join(' ') };

/** The secret with which calls for the demo customer are signed. */
const demoCallbackSecret = 'demo-callback-secret';

/** How to run locally. */
export interface LocalRun {
  port: number;
  /** Absent: the run keeps nothing. */
  dataFolder?: string;
  bundle: boolean;
  /**
   * Names of the carriers that send, separated by commas. Default: CARRIERS of the environment, or the simulated one.
   */
  carriers?: string;
  log: (line: string) => void;
}

/** A running local SmartDialog, with the addresses of its parts. */
export interface Local {
  rootUrl: string;
  baseUrl: string;
  addresses: Readonly<Record<string, string>>;
  /** The carriers that send. */
  carriers: readonly string[];
  functions: FunctionsHost['functions'];
  /** False if the environment names a storage account, which is then used and never removed. */
  ownStorage: boolean;
  /** Issues a token for the demo user, or for another. */
  issueToken(user?: string): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts everything that the app needs, and then the app itself as Azure would. Starts no storage or carrier of its own
 * if the environment names one (AzureWebJobsStorage; SIMULATED_CARRIER_URL with its key and secret). Sets the app's
 * settings in this process's environment, as Azure does. The directory is that of DIRECTORY_FILE, or the demo's.
 */
export async function startLocal({ port: wanted, dataFolder, bundle, carriers, log }: LocalRun): Promise<Local> {
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const piece of started.toReversed()) await piece.stop();
  };
  try {
    const port = await reservePort(wanted);
    const hostJson = JSON.parse(readFileSync(join(root, 'host.json'), 'utf8')) as {
      extensions: { http: { routePrefix: string } };
    };
    const rootUrl = `http://${loopback}:${port}`;
    const baseUrl = `${rootUrl}/${hostJson.extensions.http.routePrefix}`;
    const file = (name: string) => (dataFolder === undefined ? undefined : join(dataFolder, name));
    const keep = <Piece extends { stop(): Promise<void> }>(piece: Piece): Piece => {
      started.push(piece);
      return piece;
    };

    const ownStorage = process.env['AzureWebJobsStorage'] === undefined;
    process.env['AzureWebJobsStorage'] ??= keep(
      await startAzurite(dataFolder === undefined ? {} : { location: join(dataFolder, 'storage') }),
    ).connectionString;
    const connectionString = process.env['AzureWebJobsStorage'];
    await seedDirectory({ connectionString }, { file: process.env['DIRECTORY_FILE'], ownStorage });
    const keyFile = file('token-issuer-key.json');
    const issuer = keep(
      await onPortNear(port + 1, (near) =>
        startTokenIssuer({
          port: near,
          audience: demoAudience,
          defaultClaims: demoUser,
          ...(keyFile === undefined ? {} : { keyFile }),
        }),
      ),
    );
    process.env['CALLBACK_SECRET_DEMO'] ??= demoCallbackSecret;
    // An empty setting counts as absent, as it does for the app.
    const names = carriers || process.env['CARRIERS'] || simulated.name;
    process.env['CARRIERS'] = names;
    const sending = [...new Set(names.split(',').map((name) => name.trim()))];
    if (sending.includes(simulated.name)) {
      const stateFile = file('simulated-carrier.jsonl');
      const simulation = { port, baseUrl, log, ...(stateFile === undefined ? {} : { stateFile }) };
      const carrier = await provideSimulatedCarrier(simulation);
      if (carrier !== undefined) keep(carrier);
    }
    // The environment may name another public address, for example of a tunnel.
    process.env['PUBLIC_URL'] ??= baseUrl;
    Object.assign(process.env, {
      TOKEN_ISSUER: issuer.issuer,
      TOKEN_AUDIENCE: demoAudience,
      TOKEN_JWKS_URL: issuer.jwksUrl,
      ALLOW_LOOPBACK_CALLBACKS: 'true',
    });

    const carrierUrl = sending.includes(simulated.name) ? process.env['SIMULATED_CARRIER_URL'] : undefined;
    const addresses = {
      api: baseUrl,
      tokenIssuer: issuer.issuer,
      ...(carrierUrl === undefined
        ? {}
        : {
            simulatedCarrier: carrierUrl,
            phoneInbox: `${rootUrl}/simulator/messages?address=358401230001`,
          }),
    };
    const issueToken = (user = demoUser.sub) => issuer.issueToken({ ...demoUser, sub: user, name: user });
    const rootContext = {
      ...(carrierUrl === undefined ? {} : { carrierUrl }),
      addresses,
      issueToken,
      ...(ownStorage ? { connectionString } : {}),
    };
    const host = keep(
      await startFunctionsHost({
        entryFiles: entryFiles(bundle),
        hostJson,
        port,
        connectionString: (name) => process.env[name] ?? '',
        ...readHostTuning(process.env),
        log: ({ level, functionName, message }) => log(`${level} ${functionName ?? 'host'}: ${message}`),
        otherRoutes: (request, response) => answerRoot(request, response, rootContext),
      }),
    );
    return { rootUrl, baseUrl, addresses, carriers: sending, functions: host.functions, ownStorage, issueToken, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts the simulated carrier, unless the environment names a running one. */
async function provideSimulatedCarrier({
  port,
  baseUrl,
  stateFile,
  log,
}: {
  port: number;
  baseUrl: string;
  stateFile?: string;
  log: (line: string) => void;
}): Promise<{ stop(): Promise<void> } | undefined> {
  process.env['SIMULATED_CARRIER_KEY'] ??= randomBytes(16).toString('hex');
  process.env['SIMULATED_CARRIER_SECRET'] ??= randomBytes(16).toString('hex');
  if (process.env['SIMULATED_CARRIER_URL'] !== undefined) return undefined;
  const access = {
    apiKey: process.env['SIMULATED_CARRIER_KEY'],
    webhookSecret: process.env['SIMULATED_CARRIER_SECRET'],
  };
  const latency = process.env['SIMULATED_CARRIER_LATENCY_MS'];
  const carrier = await onPortNear(port + 2, (near) =>
    startSimulatedCarrier({
      port: near,
      ...access,
      inboundUrl: `${baseUrl}/webhooks/simulated`,
      ...(stateFile === undefined ? {} : { stateFile }),
      ...(latency === undefined ? {} : { latencyMs: Number(latency) }),
      recognisesRepeats: process.env['SIMULATED_CARRIER_RECOGNISES_REPEATS'] !== 'false',
      log: (line) => log(`carrier: ${line}`),
    }),
  );
  process.env['SIMULATED_CARRIER_URL'] = carrier.url;
  return carrier;
}

function entryFiles(bundle: boolean): string[] {
  const pattern = bundle ? 'dist/functions/*.js' : 'functions/*.ts';
  const files = globSync(pattern, { cwd: root })
    .map((name) => join(root, name))
    .sort();
  if (files.length === 0) throw new Error(`There is no ${pattern}: run npm run build first.`);
  return files;
}

/** Chooses the port before the app starts, because the app must know its own address. Throws if the port is taken. */
async function reservePort(wanted: number): Promise<number> {
  if (wanted === 0) return findFreePort();
  if (await isPortFree(wanted)) return wanted;
  throw new Error(`Port ${wanted} is taken. Choose another: npm start -- --port ${wanted + 10}`);
}

/** Starts a server on a port, so that addresses and tokens outlive a restart; on any free port if that one is taken. */
async function onPortNear<Piece>(port: number, start: (port: number) => Promise<Piece>): Promise<Piece> {
  return start(port).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'ERR_SOCKET_BAD_PORT') throw error;
    return start(0);
  });
}
