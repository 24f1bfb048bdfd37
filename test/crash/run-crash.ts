import { count as plural } from '../../src/core/plural.ts';
import { findFreePort } from '../../src/local/free-port.ts';
import { startBackends } from './backends.ts';
import { startBalancer } from './balancer.ts';
import { createCaller } from './call-api.ts';
import { readCarrierState } from './carrier-state.ts';
import { startHosts } from './hosts.ts';
import type { Hosts } from './hosts.ts';
import { createKillPlan } from './kill-plan.ts';
import type { Kills, KillWish } from './kill-plan.ts';
import { count, createLedger } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { startLoad } from './load.ts';
import { prepare, templateName } from './prepare.ts';
import { startReceiver } from './receiver.ts';
import { waitUntilDone } from './wait-until-done.ts';
import { judge } from './verdict.ts';
import type { Evidence, Finding } from './verdict.ts';

/** The options of a run. */
export interface CrashOptions extends KillWish {
  /** The run kills no host after this time, even if there were too few kills. */
  minutes: number;
  hosts: number;
  /** Sends and inbound messages a second. */
  perSecond: number;
  /** How long a worker's lease lasts; after that, another worker takes over. */
  leaseSeconds: number;
  /** How long the app waits for a report; the fallback to SMS comes after half of that. */
  reportSeconds: number;
  /** How long the run waits at the end for the hosts to finish their work. */
  settleSeconds: number;
  recognisesRepeats: boolean;
  /** The features that sends don't use: `dlr`. */
  without: ReadonlySet<string>;
  /** Gets lines about the progress. */
  log: (line: string) => void;
}

/** The result of a run. */
export interface CrashReport extends Evidence {
  kills: Kills;
  findings: readonly Finding[];
  /** How often hosts logged each warning and error. */
  hostLog: ReadonlyMap<string, number>;
  settledInTime: boolean;
  seconds: { killing: number; settling: number };
}

const basePath = '/api-integrations/v1';

/**
 * Runs hosts under a known load, kills them at failpoints and at random moments, lets them finish their work, and
 * compares the accepted messages with their outcome. Ends all processes that it started, even if it rejects.
 */
export async function runCrash(options: CrashOptions): Promise<CrashReport> {
  const started: { stop(): Promise<void> }[] = [];
  const keep = <Piece extends { stop(): Promise<void> }>(piece: Piece): Piece => {
    started.push(piece);
    return piece;
  };
  try {
    return await run(options, keep);
  } finally {
    for (const piece of started.toReversed()) await piece.stop();
  }
}

async function run(
  options: CrashOptions,
  keep: <Piece extends { stop(): Promise<void> }>(piece: Piece) => Piece,
): Promise<CrashReport> {
  const { seed, perSecond, leaseSeconds, reportSeconds, recognisesRepeats, without, log } = options;
  const plan = createKillPlan(options);
  const hostLog = new Map<string, number>();
  let hosts: Hosts | undefined;
  const balancer = keep(await startBalancer(() => hosts?.readyPorts() ?? []));
  const publicUrl = `${balancer.url}${basePath}`;
  const backends = keep(await startBackends({ publicUrl, recognisesRepeats }));
  const receiver = keep(await startReceiver(seed));
  const callApi = createCaller(publicUrl, backends.apiKey);
  let armed = false;
  hosts = keep(
    startHosts({
      ports: await Promise.all(Array.from({ length: options.hosts }, findFreePort)),
      settings: {
        ...backends.settings,
        ...fixedSettings,
        LEASE_SECONDS: String(leaseSeconds),
        REPORT_TIMEOUT_SECONDS: String(reportSeconds),
        SMS_FALLBACK_AFTER_SECONDS: String(reportSeconds / 2),
      },
      nextArm: () => (armed ? plan.nextArm() : undefined),
      onEnd: (host) => plan.ended(host),
      onLine: (line) => {
        if (/^(?:warning|error|critical) /.test(line)) count(hostLog, kindOf(line));
      },
    }),
  );
  await prepare({ callApi, flowUrls: receiver.flowUrls });
  armed = true;
  log('The hosts run. Storage and carrier are never killed.');

  const begun = Date.now();
  const ledger = createLedger();
  const load = startLoad({
    callApi,
    carrierUrl: backends.carrierUrl,
    ledger,
    means: { dlrUrl: receiver.dlrUrl, answerable: receiver.answerable, templateName, without },
    perSecond,
    seed,
  });
  const progress = setInterval(() => log(describeProgress(plan.kills(), ledger)), 30_000);
  await plan.carryOut(hosts, begun + options.minutes * 60_000).finally(() => clearInterval(progress));
  armed = false;
  receiver.recover();
  const ended = Date.now();
  log(`${describeProgress(plan.kills(), ledger)}; no more kills, waiting until all work is done`);

  const deadline = ended + options.settleSeconds * 1_000;
  await load.end(deadline);
  const { carrierState } = backends;
  const { statuses, inTime } = await waitUntilDone({ callApi, carrierState, ledger, receiver, deadline });
  const evidence: Evidence = {
    ledger,
    receiver,
    statuses,
    carrier: await readCarrierState(carrierState),
    recognisesRepeats,
  };
  return {
    ...evidence,
    kills: plan.kills(),
    findings: [...judge(evidence), { expectation: 'no host ends unexpectedly', violations: plan.kills().unasked }],
    hostLog,
    settledInTime: inTime,
    seconds: { killing: (ended - begun) / 1_000, settling: (Date.now() - ended) / 1_000 },
  };
}

/** Makes seconds of the times that hosts wait in production. */
const fixedSettings = {
  API_KEYS_ONLY: 'true',
  ALLOW_LOOPBACK_CALLBACKS: 'true',
  CALLS_PER_MINUTE: '100000',
  LOCAL_QUEUE_POLLING_MS: '500',
  LOCAL_QUEUE_VISIBILITY_SECONDS: '2',
  LOCAL_TIMER_SECONDS: '3',
  REPAIR_AFTER_SECONDS: '5',
  NOTIFICATION_RETRY_SECONDS: '1,1,2,3',
  'AzureWebJobs.DeleteExpired.Disabled': 'true',
};

/** Removes from a line of a host's log the ids and numbers, which differ each time. */
function kindOf(line: string): string {
  return line
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '…')
    .replaceAll(/\bi?[0-9a-f]{12,}\b(?:-\d+)?/g, '…')
    .replaceAll(/\d+/g, '0')
    .slice(0, 160);
}

function describeProgress({ random, points }: Kills, { sends, written }: Ledger): string {
  const reached = [...points.values()].filter((point) => point.reached > 0).length;
  return [
    plural(random, 'random kill'),
    `${reached} of ${plural(points.size, 'failpoint')} reached`,
    plural(sends.length, 'send'),
    plural(written.length, 'inbound message'),
  ].join(', ');
}
