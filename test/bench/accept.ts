import { startAzuriteProcess } from './azurite-process.ts';
import { bareSend, openBareStorage } from './bare-storage.ts';
import type { BareStorage } from './bare-storage.ts';
import { sendBody, startBenchHost } from './bench-host.ts';
import type { BenchHost } from './bench-host.ts';
import { startCarrierProcess } from './carrier-process.ts';
import { processorSeconds } from './machine.ts';
import { interleaved, median, timed } from './measure.ts';
import { against } from './finding.ts';
import type { Finding } from './finding.ts';

const widths = [1, 16, 64];
/** How many sends of each kind warm up the host before the measurement. */
const warmUp = 400;
/** How often each kind is measured at one point, and with how many sends. */
const turns = 4;
const sendsInTurn = { 1: 75, 16: 150, 64: 200 } as Readonly<Record<number, number>>;
const kinds = ['app', 'bare', 'app, RequestId', 'bare, RequestId'] as const;
type Kind = (typeof kinds)[number];

/** Hours ahead, so that accepted sends stay on the queue, on both sides alike. */
const hoursAhead = 6;

interface Point {
  /** Sends per second. */
  rates: Record<Kind, number>;
  /** Shares of one core under load: of the load itself, the app, and storage. */
  shares: { load: number; app: number; storage: number };
}

/**
 * Measures accepted sends per second over the whole path, against the same storage operations with the bare SDK. Both
 * take turns on one Azurite. Each point has a new Azurite and a new host.
 */
export async function benchAccept({ rounds }: { rounds: number }): Promise<Finding[]> {
  const points = await interleaved<string, Point>(
    rounds,
    Object.fromEntries(widths.map((width) => [`${width}`, () => measurePoint(width)])),
  );
  const of = (width: number): Point[] => points[`${width}`] ?? [];
  const rate = (width: number, kind: Kind): number => median(of(width).map(({ rates }) => rates[kind]));
  const ratio = (width: number, kind: 'app' | 'app, RequestId'): number =>
    median(of(width).map(({ rates }) => rates[kind] / rates[kind === 'app' ? 'bare' : 'bare, RequestId']));
  const share = (width: number, name: keyof Point['shares']): string =>
    `${Math.round(100 * median(of(width).map(({ shares }) => shares[name])))} %`;
  const rows = widths.flatMap((width) =>
    (['app', 'app, RequestId'] as const).map((kind) => ({
      'at once': width,
      'with RequestId': kind === 'app' ? 'no' : 'yes',
      'app (sends/s)': rate(width, kind),
      'bare storage (sends/s)': rate(width, kind === 'app' ? 'bare' : 'bare, RequestId'),
      ratio: against(ratio(width, kind), { min: width === 1 ? 0.6 : 0.8 }),
    })),
  );
  const costs = widths.map(
    (width) =>
      `At ${width} at once the app's side used: load ${share(width, 'load')}, host ${share(width, 'app')}, Azurite ${share(width, 'storage')} of a core.`,
  );
  return [
    {
      title: `accept: sends accepted, each with one recipient; medians of ${rounds} rounds`,
      rows,
      notes: [
        'Over HTTP to a local host in its own process, with token, validation, throttle, rows and queue; bare is the same rows and queue message by the stock SDK from the process that makes the load.',
        ...costs,
      ],
    },
  ];
}

async function measurePoint(width: number): Promise<Point> {
  const azurite = await startAzuriteProcess();
  const carrier = await startCarrierProcess(100);
  // The queues have nothing due for hours, so polls would only be noise.
  const host = await startBenchHost({
    storage: azurite.connectionString,
    carrier,
    environment: { LOCAL_QUEUE_POLLING_MS: '2000' },
  });
  try {
    const bare = await openBareStorage(azurite.connectionString, 'outbound');
    const run = (kind: Kind, count: number): Promise<number> => runKind(kind, { width, count }, { host, bare });
    for (const kind of kinds) await run(kind, warmUp / 2);
    const count = sendsInTurn[width] ?? 100;
    const used = { load: 0, app: 0, storage: 0, seconds: 0 };
    const times = await interleaved<Kind, number>(
      turns,
      Object.fromEntries(
        kinds.map((kind) => [
          kind,
          async () => {
            const before = processorOf(host.pid, azurite.pid);
            const milliseconds = await run(kind, count);
            const after = processorOf(host.pid, azurite.pid);
            if (kind.startsWith('app')) {
              used.seconds += milliseconds / 1000;
              for (const name of ['load', 'app', 'storage'] as const) used[name] += after[name] - before[name];
            }
            return milliseconds;
          },
        ]),
      ) as Record<Kind, () => Promise<number>>,
    );
    const rateOf = (kind: Kind): number => (count * turns * 1000) / times[kind].reduce((sum, time) => sum + time, 0);
    return {
      rates: Object.fromEntries(kinds.map((kind) => [kind, rateOf(kind)])) as Record<Kind, number>,
      shares: {
        load: used.load / used.seconds,
        app: used.app / used.seconds,
        storage: used.storage / used.seconds,
      },
    };
  } finally {
    await host.stop();
    await carrier.stop();
    await azurite.stop();
  }
}

function processorOf(app: number, storage: number) {
  const { user, system } = process.cpuUsage();
  return { load: (user + system) / 1e6, app: processorSeconds(app), storage: processorSeconds(storage) };
}

let requestIds = 0;

/** Measures one kind. Prepares its sends beforehand, because that belongs to neither side. */
async function runKind(
  kind: Kind,
  { width, count }: { width: number; count: number },
  { host, bare }: { host: BenchHost; bare: BareStorage },
): Promise<number> {
  const requestId = kind.endsWith('RequestId');
  const at = new Date(Date.now() + hoursAhead * 3_600_000);
  if (kind.startsWith('bare')) {
    const sends = Array.from({ length: count }, (_, index) => bareSend(index));
    return timed({ width, count }, (index) =>
      bare.accept(sends[index] ?? bareSend(index), { requestId, delaySeconds: hoursAhead * 3_600 }),
    );
  }
  const bodies = Array.from({ length: count }, () =>
    sendBody(1, {
      SendDateTime: at.toISOString(),
      ...(requestId ? { RequestId: `bench-${process.pid}-${requestIds++}` } : {}),
    }),
  );
  return timed({ width, count }, (index) => host.send(bodies[index] ?? ''));
}
