/** The statuses in delivery reports. */
type ReportStatus = 'delivered' | 'undelivered' | 'expired' | 'buffered';

/** The status of a message: `accepted` while the carrier has it, then its final status. */
export type MessageStatus = 'accepted' | Exclude<ReportStatus, 'buffered'>;

/** The carrier's code and sentence for a failure. */
export interface Reason {
  code: string;
  message: string;
}

/** The default time between the events of one message, in milliseconds. */
export const defaultLatencyMs = 150;

interface PlannedReport {
  status: ReportStatus;
  /** When the report is sent, in latencies after the submission. */
  due: number;
  /** The minimum time until the report in milliseconds, whatever the latency. */
  dueAtLeastMs?: number;
  /** When the reported event happened, in latencies after the submission. Default: `due`. */
  happened?: number;
}

type Outcome =
  | { refused: Reason }
  | { throttledOnce?: true; ends: Exclude<MessageStatus, 'accepted'>; reports: readonly PlannedReport[] };

const deliveredAtOnce: PlannedReport = { status: 'delivered', due: 1 };
const defaultOutcome: Outcome = { ends: 'delivered', reports: [deliveredAtOnce] };

/** The outcome of a message by the last four digits of the phone's number. Any other number behaves like `0001`. */
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

/** Why the carrier refuses submissions to a number (digits); undefined if it accepts them. */
export function refusalOf(address: string): Reason | undefined {
  const outcome = outcomeOf(address);
  return 'refused' in outcome ? outcome.refused : undefined;
}

/** Whether the carrier throttles the first submission of each message to a number (digits). */
export function throttledOnce(address: string): boolean {
  const outcome = outcomeOf(address);
  return 'throttledOnce' in outcome;
}

/** The fields of an accepted message that decide its outcome. */
interface Taken {
  /** The phone's number in digits. */
  address: string;
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** The status of a message at `now` (Unix time in milliseconds). The status is final after one latency. */
export function statusOf({ address, receivedAt }: Taken, latencyMs: number, now: number): MessageStatus {
  const outcome = outcomeOf(address);
  return 'ends' in outcome && now >= receivedAt + latencyMs ? outcome.ends : 'accepted';
}

/** One report to send. Times are Unix times in milliseconds. */
export interface DueReport {
  status: ReportStatus;
  reason?: Reason;
  happenedAt: number;
  dueAt: number;
}

/** Lists all reports on a message, in the order in which they are due. */
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
