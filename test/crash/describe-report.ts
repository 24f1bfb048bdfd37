import { acceptedIds } from './statuses.ts';
import type { CrashReport } from './run-crash.ts';

/** How many ids are named where an expectation fails. */
const named = 10;

/** The figures of a run, by their names. */
function figuresOf({ kills, ledger, receiver, statuses, carrier, seconds }: CrashReport): Record<string, number> {
  const states = [...statuses.values()].flatMap((each) => each ?? []);
  const reached = [...kills.points.values()].reduce((sum, point) => sum + point.reached, 0);
  const calls = receiver.flows.flatMap((flow) => [...flow.values()]);
  const dlrs = [...receiver.dlrs.values()];
  const byStatus = new Map<string, number>();
  for (const { Status } of states) byStatus.set(Status, (byStatus.get(Status) ?? 0) + 1);
  return {
    'kills at random': kills.random,
    'of these while starting': kills.starting,
    'kills at points': reached,
    'seconds of killing': Math.round(seconds.killing),
    'seconds until settled': Math.round(seconds.settling),
    'sends asked for': ledger.sends.length,
    'messages accepted': acceptedIds(ledger).length,
    'recipients accepted': states.length,
    ...Object.fromEntries([...byStatus].map(([status, count]) => [`recipients ${status}`, count])),
    'taken by the carrier': carrier.taken.length,
    'taken more than once': carrier.taken.length - new Set(carrier.taken.map(({ id }) => id)).size,
    "phones' messages": ledger.written.length,
    'flows told': calls.filter(({ taken }) => taken > 0).length,
    'flows told more than once': calls.filter(({ taken }) => taken > 1).length,
    'DLR addresses told': dlrs.filter(({ taken }) => taken > 0).length,
    'DLR addresses told more than once': dlrs.filter(({ taken }) => taken > 1).length,
    ...Object.fromEntries(
      [...ledger.answers]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([answer, count]) => [`answers ${answer}`, count]),
    ),
  };
}

/** Everything worth knowing, for programs. */
export function reportAsJson(report: CrashReport): object {
  return {
    figures: figuresOf(report),
    points: Object.fromEntries(report.kills.points),
    settledInTime: report.settledInTime,
    findings: report.findings,
    hostLog: Object.fromEntries(report.hostLog),
  };
}

/** The same as lines for people; ids where an expectation fails. */
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
      ...violations.slice(0, named).map((violation) => `            ${violation}`),
    ]),
    ...(settledInTime ? [] : ['', 'Not everything was settled when the time was up.']),
  ];
}
