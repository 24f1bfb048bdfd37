import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { seedDirectory } from '../../src/local/seed-directory.ts';
import { startTokenIssuer } from '../../src/local/token-issuer.ts';
import { scopes } from '../../src/operation/scopes.ts';
import { startAzuriteProcess } from './azurite-process.ts';
import { sendBody } from './bench-host.ts';
import { buildApp } from './build-app.ts';
import type { BuiltApp } from './build-app.ts';
import { startChild } from './child-process.ts';
import { createHttpClient } from './http-client.ts';
import { interleaved, median } from './measure.ts';
import { against, short } from './finding.ts';
import type { Finding } from './finding.ts';

const run = promisify(execFile);
const forms = ['bundled', 'unbundled'] as const;

/** Measures the size of the bundle, its time to load, and the time of a fresh process to its first answer. */
export async function benchCold({ rounds }: { rounds: number }): Promise<Finding[]> {
  const app = await buildApp();
  const cache = await mkdtemp(join(tmpdir(), 'bench-compile-cache-'));
  try {
    return [sizes(app), await loadTimes(app, cache, rounds), await firstAnswers(app, cache, rounds)];
  } finally {
    await app.cleanUp();
    await rm(cache, { recursive: true });
  }
}

function sizes({ bytes }: BuiltApp): Finding {
  const row = (part: string, size: number) => ({ part, kB: Math.round(size / 1000) });
  return {
    title: 'cold: size of the bundle',
    rows: [
      row('loaded at the start', bytes.atStart),
      row('loaded by the first request that needs it', bytes.later),
      row('in all, the identity library included', bytes.all),
    ],
  };
}

/** Times in milliseconds; `processor` is the processor time on all cores. */
interface Load {
  loaded: number;
  processor: number;
  withLater: number;
}

async function loadTimes(app: BuiltApp, cache: string, rounds: number): Promise<Finding> {
  const file = join(import.meta.dirname, 'cold-load-main.ts');
  const load = async (form: (typeof forms)[number], environment: Record<string, string>): Promise<Load> => {
    // In the unbundled form, the first queue job loads the package.
    const later = form === 'bundled' ? app.laterInBundle : ['@azure/storage-queue'];
    const settings = { NODE_COMPILE_CACHE: '', NODE_OPTIONS: '', ...appSettings(), ...environment };
    const { stdout } = await run(process.execPath, [file, app[form], ...later], {
      env: { ...process.env, ...settings },
    });
    return JSON.parse(stdout) as Load;
  };
  const cached = { NODE_COMPILE_CACHE: cache };
  // The first load with a cache fills the cache.
  for (const form of forms) await load(form, cached);
  const times = await interleaved(rounds, {
    bundled: () => load('bundled', {}),
    unbundled: () => load('unbundled', {}),
    bundledCached: () => load('bundled', cached),
    unbundledCached: () => load('unbundled', cached),
  });
  const rows = (['', 'Cached'] as const).map((suffix) => {
    const [own, other] = [times[`bundled${suffix}`], times[`unbundled${suffix}`]];
    const ratio = median(own.map(({ loaded }, round) => loaded / (other[round]?.loaded ?? Number.NaN)));
    return {
      'compile cache': suffix === '' ? 'no' : 'yes',
      'bundle (ms)': median(own.map(({ loaded }) => loaded)),
      'unbundled (ms)': median(other.map(({ loaded }) => loaded)),
      ratio: against(ratio, { max: 0.4 }),
      'processor: bundle, unbundled (ms)': `${short(median(own.map(({ processor }) => processor)))}, ${short(median(other.map(({ processor }) => processor)))}`,
      'bundle and the first request (ms)': against(median(own.map(({ withLater }) => withLater)), { max: 150 }),
      'unbundled and the first request (ms)': median(other.map(({ withLater }) => withLater)),
    };
  });
  return {
    title: `cold: time to load the app in a fresh process, medians of ${rounds}`,
    rows,
    notes: [
      'Unbundled is the same app as JavaScript, file by file, with its packages as installed. The first request is everything that is imported later, but for the identity library.',
    ],
  };
}

/** Settings without which the app does not load; it calls none of these addresses. */
function appSettings(): Record<string, string> {
  return {
    AzureWebJobsStorage: 'UseDevelopmentStorage=true',
    TOKEN_ISSUER: 'http://127.0.0.1:9',
    TOKEN_AUDIENCE: 'api://bench',
    TOKEN_JWKS_URL: 'http://127.0.0.1:9/jwks',
    PUBLIC_URL: 'http://127.0.0.1:9/api-integrations/v1',
    SIMULATED_CARRIER_URL: 'http://127.0.0.1:9',
    SIMULATED_CARRIER_KEY: 'bench',
    SIMULATED_CARRIER_SECRET: 'bench',
  };
}

async function firstAnswers(app: BuiltApp, cache: string, rounds: number): Promise<Finding> {
  const azurite = await startAzuriteProcess();
  const claims = { sub: 'demo-user', scope: Object.keys(scopes).join(' ') };
  const issuer = await startTokenIssuer({ port: 0, audience: 'api://bench', defaultClaims: claims });
  try {
    await seedDirectory({ connectionString: azurite.connectionString }, { file: undefined, ownStorage: true });
    const environment = {
      ...appSettings(),
      AzureWebJobsStorage: azurite.connectionString,
      TOKEN_ISSUER: issuer.issuer,
      TOKEN_JWKS_URL: issuer.jwksUrl,
    };
    const Authorization = `Bearer ${await issuer.issueToken(claims)}`;
    const answer = (folder: string, more: Record<string, string>) => async () =>
      timeToAnswer(folder, { Authorization, environment: { ...environment, ...more } });
    const cached = { NODE_COMPILE_CACHE: cache };
    const sides = {
      bundled: answer(app.bundled, {}),
      unbundled: answer(app.unbundled, {}),
      bundledCached: answer(app.bundled, cached),
      unbundledCached: answer(app.unbundled, cached),
    };
    for (const side of [sides.bundledCached, sides.unbundledCached]) await side();
    const times = await interleaved(rounds, {
      ...sides,
      bare: async () => timed(() => run(process.execPath, ['-e', '0'])),
    });
    const ms = (name: keyof typeof times): number => median(times[name]);
    return {
      title: `cold: from the start of a process to its first answer, medians of ${rounds}`,
      rows: (['', 'Cached'] as const).map((suffix) => ({
        'compile cache': suffix === '' ? 'no' : 'yes',
        'bundle (ms)': ms(`bundled${suffix}`),
        'unbundled (ms)': ms(`unbundled${suffix}`),
        ratio: ms(`bundled${suffix}`) / ms(`unbundled${suffix}`),
      })),
      notes: [
        `The answer is that to a send with a token: the token's keys are fetched, the directory is read, the message is stored and queued. The local functions host, which Azure doesn't start, is part of each; a process of Node that does nothing takes ${short(ms('bare'))} ms.`,
      ],
    };
  } finally {
    await issuer.stop();
    await azurite.stop();
  }
}

async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

async function timeToAnswer(
  folder: string,
  { Authorization, environment }: { Authorization: string; environment: Record<string, string> },
): Promise<number> {
  const begun = performance.now();
  const child = await startChild(join(import.meta.dirname, 'cold-host-main.ts'), { args: [folder], environment });
  const client = createHttpClient(`${child.output}/api-integrations/v1`, { Authorization });
  try {
    const { status, body } = await client.call({
      method: 'POST',
      path: '/messages',
      headers: { 'Customer-Id': 'demo', 'Service-Id': 'demo-oneway', 'Content-Type': 'application/json' },
      // Hours ahead, so that no worker of the next process gets the message.
      body: sendBody(1, { SendDateTime: new Date(Date.now() + 6 * 3_600_000).toISOString() }),
    });
    if (status !== 200) throw new Error(`the first send was answered ${status}: ${body}`);
    return performance.now() - begun;
  } finally {
    client.close();
    await child.stop();
  }
}
