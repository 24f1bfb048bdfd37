import type { DeliveryReport, FailureReason } from '../../messages/index.ts';
import { WebhookRefused } from '../carrier.ts';
import { parseSeconds } from './parse-seconds.ts';
import { reasonOfCommandStatus } from './reasons.ts';

type Status = DeliveryReport['status'];

/**
 * Bits of a report's type (Kannel user's guide, "Delivery reports"). 32 and 64 come together with 2, and only gw/dlr.h
 * of 1.4.5 has them. The first entry whose bit is set counts.
 */
const statusesByBit: readonly (readonly [bit: number, status: Status])[] = [
  [32, 'expired'],
  [64, 'unknown'],
  [1, 'delivered'],
  [2, 'undelivered'],
  [16, 'rejected'],
  [4, 'sent'],
  [8, 'sent'],
];

/** Values of `stat` in a receipt (SMPP 3.4, appendix B) that Kannel reports all as the same failure. */
const statusesByStat: ReadonlyMap<string, Status> = new Map([
  ['EXPIRED', 'expired'],
  ['REJECTD', 'rejected'],
  ['UNKNOWN', 'unknown'],
]);

const reasonsByStatus: ReadonlyMap<Status, FailureReason> = new Map([
  ['expired', 'expired'],
  ['unknown', 'noReport'],
]);

const arrived = new Set<Status>(['sent', 'delivered']);

/**
 * Parses a delivery report from the query, in which Kannel has filled in our escapes. Returns undefined if the type is
 * unknown.
 *
 * @throws {WebhookRefused} 400 if type or time is missing or malformed
 */
export function parseReport(query: URLSearchParams): DeliveryReport | undefined {
  const type = query.get('type') ?? '';
  if (!/^\d{1,5}$/.test(type)) throw new WebhookRefused(400, 'the report has no type');
  const at = parseSeconds(query.get('at'));
  if (at === undefined) throw new WebhookRefused(400, 'the report has no time');
  const status = statusesByBit.find(([bit]) => (Number(type) & bit) !== 0)?.[1];
  if (status === undefined) return undefined;
  const recipientId = query.get('recipient') ?? '';
  if (arrived.has(status)) return { recipientId, status, at };
  return { recipientId, at, ...failureOf(status, type, query.get('reply') ?? '') };
}

/**
 * Reads the SMSC's reply. It is `NACK/0x0000000b/Invalid Destination Address` if the SMSC refused the message, and
 * `NACK/Retries Exceeded` if Kannel gave up. Otherwise it is the text of a receipt, `… stat:UNDELIV err:027 …`. A receipt
 * also contains the beginning of the message itself, so the app doesn't keep all of it. `err` is specific to the
 * network, so only `stat` determines the status.
 */
function failureOf(status: Status, type: string, reply: string): Omit<DeliveryReport, 'recipientId' | 'at'> {
  const [isNack, code, words = ''] = /^NACK\/(?:(0x[0-9a-f]{1,8})\/)?(.{0,200})/is.exec(reply) ?? [];
  if (code !== undefined) {
    return { status, code, message: words || 'The network refused the message.', reason: reasonOfCommandStatus(code) };
  }
  if (isNack !== undefined) {
    return { status, code: 'NACK', message: words || 'The network refused the message.', reason: 'carrierUnavailable' };
  }
  const stat = /\bstat:(\w{1,20})/i.exec(reply)?.[1]?.toUpperCase();
  const reasonOf = (ended: Status): FailureReason => reasonsByStatus.get(ended) ?? 'other';
  if (stat === undefined) {
    const message = 'The network reported a failure and gave no reason.';
    return { status, code: `type${type}`, message, reason: reasonOf(status) };
  }
  const ended = status === 'undelivered' ? (statusesByStat.get(stat) ?? status) : status;
  const error = /\berr:(\w{1,20})/i.exec(reply)?.[1];
  const hasError = error !== undefined && !/^0+$/.test(error);
  return {
    status: ended,
    code: hasError ? `${stat}:${error}` : stat,
    message: hasError ? `The network reported ${stat}, error ${error}.` : `The network reported ${stat}.`,
    reason: reasonOf(ended),
  };
}
