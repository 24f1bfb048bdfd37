import type { InboundProgress } from '../conversations/index.ts';
import type { RetryProgress, NotificationProgress } from '../notifications/index.ts';

/*
 * The fields that an update replaces. The compiler checks each list against its type, so a field that is added to the
 * type can't be forgotten here.
 */

const namesOf = <Part extends object>(names: Record<keyof Part & string, true>): readonly (keyof Part & string)[] =>
  Object.keys(names) as (keyof Part & string)[];

/** The fields of an inbound message that change. */
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

/** The fields of a chunk of notifications that change. */
export const notificationProgressFields = namesOf<Required<NotificationProgress>>({
  states: true,
  attempts: true,
  leasedUntil: true,
});

/** The fields of a retry notification that change. */
export const retryProgressFields = namesOf<Required<RetryProgress>>({
  state: true,
  since: true,
  attempts: true,
  lastAnswer: true,
  leasedUntil: true,
  notBefore: true,
});
