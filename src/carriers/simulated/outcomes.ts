/** What the carrier says of a message it took. */
type ReportStatus = 'delivered' | 'undelivered' | 'expired' | 'buffered';

/** Where a message is: with the carrier, or how it ended at the phone. */
export type MessageStatus = 'accepted' | Exclude<ReportStatus, 'buffered'>;

/** A carrier's code and sentence for what went wrong. */
export interface Reason {
  code: string;
  message: string;
}

/** The time between the events of one message, in milliseconds; how a carrier is run can change it. */
export const defaultLatencyMs = 150;

interface PlannedReport {
  status: ReportStatus;
  /** When the report is made, in latencies after the submission. */
  due: number;
  /** The least time until the report, whatever the latency. */
  dueAtLeastMs?: number;
  /** When what it tells of happened, in latencies; absent where the report follows at once. */
  happened?: number;
}

type Outcome =
  | { refused: Reason }
  | { throttledOnce?: true; ends: Exclude<MessageStatus, 'accepted'>; reports: readonly PlannedReport[] };

const deliveredAtOnce: PlannedReport = { status: 'delivered', due: 1 };
const defaultOutcome: Outcome = { ends: 'delivered', reports: [deliveredAtOnce] };

/** What becomes of a message, by the last four digits of the phone's number; every other number is `0001`. */
const outcomes = new Map<string, Outcome>([
  ['0001', defaultOutcome],
  ['0002', { ends: 'undelivered', reports: [{ status: 'undelivered', due: 1 }] }],
  ['0003', { ends: 'expired', reports: [{ status: 'expired', due: 1 }] }],
  ['0004', { refused: { code: 'NumberBarred', message: 'The number is barred: no message is taken for it.' } }],
  ['0005', { ends: 'delivered', reports: [] }],
  ['0006', { throttledOnce: true, ends: 'delivered', reports: [deliveredAtOnce] }],
  ['0007', { ends: 'delivered', reports: [{ status: 'delivered', due: 20, dueAtLeastMs: 2000, happened: 1 }] }],
  [
    '0008',
    {
      ends: 'delivered',
      reports: [
        deliveredAtOnce,
        { status: 'buffered', due: 2, happened: 0 },
        { status: 'delivered', due: 3, happened: 1 },
      ],
    },
  ],
]);

const reasons: Partial<Record<ReportStatus, Reason>> = {
  undelivered: { code: 'AbsentSubscriber', message: 'The phone could not be reached.' },
  expired: { code: 'ValidityExpired', message: 'The message was held until its validity ended.' },
};

function outcomeOf(address: string): Outcome {
  return outcomes.get(address.slice(-4)) ?? defaultOutcome;
}

/** Why submissions to this number (digits) are refused; undefined where they are taken. */
export function refusalOf(address: string): Reason | undefined {
  const outcome = outcomeOf(address);
  return 'refused' in outcome ? outcome.refused : undefined;
}

/** Whether the first submission of each message to this number (digits) is throttled. */
export function throttledOnce(address: string): boolean {
  const outcome = outcomeOf(address);
  return 'throttledOnce' in outcome;
}

/** A message in the carrier's hands, as far as its outcome depends on it. */
interface Taken {
  /** The phone's number, digits. */
  address: string;
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** What the carrier's listing says of a message at `now` (Unix time in milliseconds): it settles after one latency. */
export function statusOf({ address, receivedAt }: Taken, latencyMs: number, now: number): MessageStatus {
  const outcome = outcomeOf(address);
  return 'ends' in outcome && now >= receivedAt + latencyMs ? outcome.ends : 'accepted';
}

/** One report to come; times are Unix times in milliseconds. */
export interface DueReport {
  status: ReportStatus;
  reason?: Reason;
  happenedAt: number;
  dueAt: number;
}

/** All reports that a message gets, in the order in which they fall due. */
export function reportsOf({ address, receivedAt }: Taken, latencyMs: number): DueReport[] {
  const outcome = outcomeOf(address);
  if ('refused' in outcome) return [];
  return outcome.reports.map(({ status, due, dueAtLeastMs = 0, happened = due }) => {
    const reason = reasons[status];
    return {
      status,
      ...(reason && { reason }),
      happenedAt: receivedAt + happened * latencyMs,
      dueAt: receivedAt + Math.max(due * latencyMs, dueAtLeastMs),
    };
  });
}
