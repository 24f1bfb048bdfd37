import type { InboundProgress } from '../conversations/index.ts';
import type { RetryProgress, NotificationProgress } from '../notifications/index.ts';

/*
 * Which fields an update replaces. Each list is checked against its type, so that a field that is added there can't be
 * forgotten here.
 */

const namesOf = <Part extends object>(names: Record<keyof Part & string, true>): readonly (keyof Part & string)[] =>
  Object.keys(names) as (keyof Part & string)[];

/** What changes about an inbound message. */
export const inboundProgressFields = namesOf<Required<InboundProgress>>({
  state: true,
  attachments: true,
  attempts: true,
  customerId: true,
  serviceId: true,
  keyword: true,
  threadId: true,
  parentMessageId: true,
});

/** What changes about a chunk of notifications. */
export const notificationProgressFields = namesOf<Required<NotificationProgress>>({
  states: true,
  attempts: true,
  leasedUntil: true,
});

/** What changes about a retried notification. */
export const retryProgressFields = namesOf<Required<RetryProgress>>({
  state: true,
  since: true,
  attempts: true,
  lastAnswer: true,
  leasedUntil: true,
  notBefore: true,
});
