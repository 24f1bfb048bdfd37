import { randomUUID } from 'node:crypto';
import {
  refusalOf,
  reportsOf,
  statusOf,
  throttledOnce,
  type DueReport,
  type MessageStatus,
  type Reason,
} from './outcomes.ts';
import type { Owed } from './reports.ts';
import { digitsOf, type SubmittedMessage } from './submission.ts';

/** The carrier's answer for one submitted message. */
type SubmissionResult =
  | { id: string; result: 'accepted'; reference: string }
  | { id: string; result: 'rejected' | 'throttled'; code: string; message: string };

/** A message that the carrier accepted, as it is stored. */
interface TakenMessage extends Omit<SubmittedMessage, 'to'> {
  reference: string;
  /** Digits in international form. */
  address: string;
  reportUrl: string;
  /** Unix time in milliseconds. */
  receivedAt: number;
}

/** A line of the journal. The whole state of the inbox is computed from the lines. */
export type InboxEntry =
  | { kind: 'taken'; message: TakenMessage }
  | { kind: 'rejected'; result: Extract<SubmissionResult, { code: string }> }
  | { kind: 'throttled'; id: string }
  | { kind: 'reported'; keys: string[] };

/** One message as the listing shows it. */
interface ListedMessage extends Omit<SubmittedMessage, 'id' | 'to'> {
  /** The carrier's own reference. */
  id: string;
  recipientId: string;
  address: string;
  status: MessageStatus;
  /** ISO 8601, UTC. */
  receivedAt: string;
}

/** A report that no client has confirmed yet. */
export interface OwedReport extends DueReport, Owed {
  recipientId: string;
}

const maximumListed = 1000;

/** The messages on the phones, and the answers to submissions. */
export interface Inbox {
  /** Restores one line of the journal. */
  apply(entry: InboxEntry): void;
  /**
   * Accepts or refuses one message. If the carrier recognises repeats, a repeated id gets its first answer again and
   * adds no entry; otherwise it is another message.
   */
  submit(
    submitted: SubmittedMessage,
    reportUrl: string,
    now: number,
  ): { result: SubmissionResult; entry?: InboxEntry; owed?: OwedReport[] };
  /** The reports that no entry records as delivered. */
  owed(): OwedReport[];
  /** Lists the messages of a phone (digits), or of all phones without an address; newest first, at most 1,000. */
  list(now: number, address?: string): ListedMessage[];
}

/**
 * Creates an inbox without messages.
 *
 * @param options.latencyMs the time between the events of one message, in milliseconds
 * @param options.recognisesRepeats whether a repeated id is the same message
 */
export function createInbox({
  latencyMs,
  recognisesRepeats,
}: {
  latencyMs: number;
  recognisesRepeats: boolean;
}): Inbox {
  const taken: TakenMessage[] = [];
  const takenByPhone = new Map<string, TakenMessage[]>();
  const answers = new Map<string, SubmissionResult>();
  const throttledIds = new Set<string>();
  const reportedKeys = new Set<string>();

  const apply = (entry: InboxEntry): void => {
    switch (entry.kind) {
      case 'taken': {
        const { message } = entry;
        taken.push(message);
        const phone = takenByPhone.get(message.address);
        if (phone === undefined) takenByPhone.set(message.address, [message]);
        else phone.push(message);
        answers.set(message.id, { id: message.id, result: 'accepted', reference: message.reference });
        return;
      }
      case 'rejected':
        answers.set(entry.result.id, entry.result);
        return;
      case 'throttled':
        throttledIds.add(entry.id);
        return;
      case 'reported':
        for (const key of entry.keys) reportedKeys.add(key);
    }
  };

  const owedFor = (message: TakenMessage): OwedReport[] =>
    reportsOf(message, latencyMs)
      .map((report, index) => ({
        ...report,
        key: `${message.reference}/${index}`,
        recipientId: message.id,
        reportUrl: message.reportUrl,
      }))
      .filter((report) => !reportedKeys.has(report.key));

  const decide = (submitted: SubmittedMessage, reportUrl: string, receivedAt: number): InboxEntry => {
    const { id, to, ...rest } = submitted;
    const rejected = ({ code, message }: Reason): InboxEntry => ({
      kind: 'rejected',
      result: { id, result: 'rejected', code, message },
    });
    const address = digitsOf(to);
    if (address === undefined) return rejected({ code: 'InvalidNumber', message: `'${to}' is not a phone number.` });
    const refusal = refusalOf(address);
    if (refusal !== undefined) return rejected(refusal);
    if (throttledOnce(address) && !throttledIds.has(id)) return { kind: 'throttled', id };
    const reference = `sim-${randomUUID()}`;
    return { kind: 'taken', message: { ...rest, id, reference, address, reportUrl, receivedAt } };
  };

  return {
    apply,

    submit(submitted, reportUrl, now) {
      const { id } = submitted;
      const known = answers.get(id);
      if (recognisesRepeats && known !== undefined) return { result: known };
      const entry = decide(submitted, reportUrl, now);
      apply(entry);
      const result = answers.get(id) ?? {
        id,
        result: 'throttled',
        code: 'TooManyMessages',
        message: 'Too many messages at the moment; submit this message again.',
      };
      return { result, entry, ...(entry.kind === 'taken' && { owed: owedFor(entry.message) }) };
    },

    owed: () => taken.flatMap(owedFor),

    list(now, address) {
      const messages = address === undefined ? taken : (takenByPhone.get(address) ?? []);
      return messages
        .slice(-maximumListed)
        .reverse()
        .map((message) => ({
          id: message.reference,
          recipientId: message.id,
          messageId: message.messageId,
          sender: message.sender,
          address: message.address,
          protocol: message.protocol,
          content: message.content,
          parts: message.parts,
          ...(message.buttons === undefined ? {} : { buttons: message.buttons }),
          status: statusOf(message, latencyMs, now),
          receivedAt: new Date(message.receivedAt).toISOString(),
        }));
    },
  };
}
