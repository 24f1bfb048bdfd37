import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { startStorageProxy } from '../support/servers/storage-proxy.ts';
import { startAzuriteProcess } from './azurite-process.ts';
import { bareSend, openBareStorage } from './bare-storage.ts';
import { sendBody, startBenchHost } from './bench-host.ts';
import { startCarrierProcess } from './carrier-process.ts';
import { aggregateProfile } from './cpu-profile.ts';
import type { CpuProfile } from './cpu-profile.ts';
import { processorSeconds } from './machine.ts';
import { interleaved, median, timed } from './measure.ts';
import { against, short } from './finding.ts';
import type { Finding } from './finding.ts';

const width = 64;
const count = 600;
const warmUp = 200;
/** How many sends may wait for their report. Keeps few queue messages waiting, because Azurite slows down with more. */
const ahead = 300;

/** Measures single sends from accept to final status with one delivery report: operations, rate and cost. */
export async function benchSingle({ rounds }: { rounds: number }): Promise<Finding[]> {
  return [await countOperations(), await compareRates(rounds), await profile()];
}

async function countOperations(): Promise<Finding> {
  const azurite = await startAzuriteProcess();
  const storage = await startStorageProxy(azurite.connectionString);
  const carrier = await startCarrierProcess(1);
  const host = await startBenchHost({ storage: storage.connectionString, carrier });
  try {
    let sent = 0;
    const sendOne = async (details: Readonly<Record<string, unknown>>): Promise<string[]> => {
      storage.reset();
      await host.send(sendBody(1, details));
      await carrier.reported(++sent);
      // The report may come before the queue message is deleted.
      await sleep(500);
      return storage.operations().map(({ method, path }) => `${method} ${resourceOf(path)}`);
    };
    // The first send creates tables and queues.
    await sendOne({ RequestId: 'first' });
    const plain = await sendOne({});
    const withId = await sendOne({ RequestId: 'second' });
    return {
      title: 'single: storage operations of a send with one recipient, from accept to its delivery report',
      rows: [
        { send: 'without RequestId', operations: against(plain.length, { max: 8 }) },
        { send: 'with RequestId', operations: against(withId.length, { max: 8 }) },
      ],
      notes: [`With RequestId: ${withId.join(', ')}.`],
    };
  } finally {
    await host.stop();
    await carrier.stop();
    await storage.stop();
    await azurite.stop();
  }
}

/** Returns the table or queue in a path, without keys and signatures. */
function resourceOf(path: string): string {
  return path.replace(/^\/[^/]+\//, '').replace(/[?(].*$|\/messages\/.*$/s, '') || path;
}

async function compareRates(rounds: number): Promise<Finding> {
  const found = await interleaved(rounds, { app: () => sendSingly({ width, count }), bare: rateOfBare });
  const bare = found.bare.map(({ perSecond }) => perSecond);
  const ratio = median(found.app.map(({ perSecond }, round) => perSecond / (bare[round] ?? Number.NaN)));
  const processor = median(found.app.map(({ processorMs = Number.NaN }) => processorMs));
  return {
    title: `single: sends with one recipient from accept to final status, ${width} callers; medians of ${rounds} rounds of ${count}`,
    rows: [
      { side: 'app', 'per second': median(found.app.map(({ perSecond }) => perSecond)) },
      { side: 'the same storage operations, bare', 'per second': median(bare) },
      { side: 'ratio', 'per second': ratio },
    ],
    notes: [
      `Each delivery report comes in a signed call of its own. The host uses ${short(processor)} ms of a core for a send.`,
    ],
  };
}

interface SingleRate {
  perSecond: number;
  processorMs?: number;
}

/**
 * Measures how many sends with one recipient reach their final status in a second, with `width` callers at once, and
 * the milliseconds of processor time that the host uses for each.
 */
export function sendSingly({ width, count }: { width: number; count: number }): Promise<SingleRate> {
  return withHost([], async ({ host, carrier }) => {
    await timed({ width, count: warmUp }, () => host.send(sendBody(1)));
    await carrier.reported(warmUp);
    const bodies = Array.from({ length: count }, () => sendBody(1));
    const usedBefore = processorSeconds(host.pid);
    const begun = performance.now();
    let reports = 0;
    await timed({ width, count }, async (index) => {
      while (index - reports >= ahead) {
        ({ reports } = await carrier.reported(warmUp + index - ahead + 1));
        reports -= warmUp;
      }
      return host.send(bodies[index] ?? '');
    });
    await carrier.reported(warmUp + count);
    const perSecond = (count * 1000) / (performance.now() - begun);
    return { perSecond, processorMs: ((processorSeconds(host.pid) - usedBefore) * 1000) / count };
  });
}

async function rateOfBare(): Promise<SingleRate> {
  const azurite = await startAzuriteProcess();
  try {
    const bare = await openBareStorage(azurite.connectionString, 'bare');
    const run = async (sends: number): Promise<number> => {
      const made = Array.from({ length: sends }, (_, index) => bareSend(index));
      let accepted = 0;
      let finished = 0;
      const accepting = timed({ width, count: sends }, async (index) => {
        await bare.accept(made[index] ?? bareSend(index), { requestId: false });
        accepted += 1;
      });
      const begun = performance.now();
      // Two at a time make about as many messages in flight as the host has.
      const finishing = Array.from({ length: 2 }, async () => {
        while (finished < sends) {
          if (accepted === finished) await sleep(1);
          else {
            // Not `finished += await …`, which would add to an outdated value.
            const more = await bare.finish();
            finished += more;
          }
        }
      });
      await Promise.all([accepting, ...finishing]);
      return performance.now() - begun;
    };
    await run(warmUp);
    return { perSecond: (count * 1000) / (await run(count)) };
  } finally {
    await azurite.stop();
  }
}

async function profile(): Promise<Finding> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-profile-'));
  try {
    await withHost(['--cpu-prof', `--cpu-prof-dir=${folder}`], async ({ host, carrier }) => {
      await timed({ width, count: 2 * count }, () => host.send(sendBody(1)));
      await carrier.reported(2 * count);
    });
    const [name = ''] = await readdir(folder);
    const found = aggregateProfile(JSON.parse(await readFile(join(folder, name), 'utf8')) as CpuProfile);
    return {
      title: 'single: where the host spends its time, start included (share of the time in which it was not idle)',
      rows: found.slice(0, 10).map(({ place, share }) => ({ place, percent: share * 100 })),
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function withHost<Result>(
  nodeOptions: readonly string[],
  act: (pieces: {
    host: Awaited<ReturnType<typeof startBenchHost>>;
    carrier: Awaited<ReturnType<typeof startCarrierProcess>>;
  }) => Promise<Result>,
): Promise<Result> {
  const azurite = await startAzuriteProcess();
  const carrier = await startCarrierProcess(1);
  const host = await startBenchHost({ storage: azurite.connectionString, carrier, nodeOptions });
  try {
    return await act({ host, carrier });
  } finally {
    await host.stop();
    await carrier.stop();
    await azurite.stop();
  }
}
