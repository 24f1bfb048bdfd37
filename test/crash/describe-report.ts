import { acceptedIds } from './statuses.ts';
import type { CrashReport } from './run-crash.ts';

/** How many violations of a failed expectation are printed. */
const violationLimit = 10;

/** Returns the figures of a run by name. */
function figuresOf({ kills, ledger, receiver, statuses, carrier, seconds }: CrashReport): Record<string, number> {
  const states = [...statuses.values()].flatMap((each) => each ?? []);
  const reached = [...kills.points.values()].reduce((sum, point) => sum + point.reached, 0);
  const calls = receiver.flows.flatMap((flow) => [...flow.values()]);
  const dlrs = [...receiver.dlrs.values()];
  const byStatus = new Map<string, number>();
  for (const { Status } of states) byStatus.set(Status, (byStatus.get(Status) ?? 0) + 1);
  return {
    'random kills': kills.random,
    'random kills while starting': kills.starting,
    'kills at failpoints': reached,
    'seconds until the last kill': Math.round(seconds.killing),
    'seconds from the last kill until all work was done': Math.round(seconds.settling),
    'sends requested': ledger.sends.length,
    'messages accepted': acceptedIds(ledger).length,
    'recipients accepted': states.length,
    ...Object.fromEntries([...byStatus].map(([status, count]) => [`recipients with status ${status}`, count])),
    'submissions that the carrier accepted': carrier.taken.length,
    'repeated submissions that the carrier accepted':
      carrier.taken.length - new Set(carrier.taken.map(({ id }) => id)).size,
    'inbound messages': ledger.written.length,
    'notifications delivered': calls.filter(({ taken }) => taken > 0).length,
    'notifications delivered more than once': calls.filter(({ taken }) => taken > 1).length,
    'final statuses delivered to a DlrUrl': dlrs.filter(({ taken }) => taken > 0).length,
    'final statuses delivered to a DlrUrl more than once': dlrs.filter(({ taken }) => taken > 1).length,
    ...Object.fromEntries(
      [...ledger.answers]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([answer, count]) => [`calls answered ${answer}`, count]),
    ),
  };
}

/** Writes a report as JSON, for programs. */
export function reportAsJson(report: CrashReport): object {
  return {
    figures: figuresOf(report),
    points: Object.fromEntries(report.kills.points),
    settledInTime: report.settledInTime,
    findings: report.findings,
    hostLog: Object.fromEntries(report.hostLog),
  };
}

/** Writes a report as lines for people, with the ids of violations. */
export function reportAsLines(report: CrashReport): string[] {
  const { kills, findings, hostLog, settledInTime } = report;
  const pad = (value: number): string => String(value).padStart(8);
  return [
    ...Object.entries(figuresOf(report)).map(([name, value]) => `${pad(value)}  ${name}`),
    '',
    ...[...kills.points].map(
      ([point, { armed, reached }]) =>
        `${pad(reached)}  ${point}${reached > 0 ? '' : armed > 0 ? ', not reached' : ', not tried'}`,
    ),
    '',
    ...[...hostLog]
      .sort(([, left], [, right]) => right - left)
      .slice(0, 15)
      .map(([kind, times]) => `${pad(times)}  ${kind}`),
    '',
    ...findings.flatMap(({ expectation, violations }) => [
      `${violations.length === 0 ? '      ok' : pad(violations.length)}  ${expectation}`,
      ...violations.slice(0, violationLimit).map((violation) => `            ${violation}`),
    ]),
    ...(settledInTime ? [] : ['', 'The time was up before all work was done.']),
  ];
}
