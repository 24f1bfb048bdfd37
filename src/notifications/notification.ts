import type { CallbackAnswer } from '../http-delivery/index.ts';
import { callbackAnswerPrivacy } from '../http-delivery/index.ts';
import type { PrivacyOf } from '../core/privacy.ts';
import type { HttpVerb } from '../subscriptions/index.ts';

/** A subscription as a notification needs it. */
export interface Target {
  pipelineId: string;
  key: string;
  /** Tells this subscribing from a later one of the same flow. */
  secret: string;
  callbackUrl: string;
  httpVerb: HttpVerb;
  /** The last calls were refused: an answer that is none ends the row of refusals. */
  wasRefused: boolean;
}

const targetPrivacy = {
  pipelineId: 'technical',
  key: 'technical',
  secret: 'technical',
  callbackUrl: 'customer',
  httpVerb: 'technical',
} as const satisfies PrivacyOf<Target>;

/** `alone`: what is still to be done about it is done apart from the chunk. `ended`: nothing is to be done. */
export const chunkStates = ['waiting', 'delivered', 'retried', 'ended'] as const;
export type ChunkState = (typeof chunkStates)[number];

/** What changes about a chunk of notifications while it is worked on. */
export interface NotificationProgress {
  /** One per target, in their order. */
  states: readonly ChunkState[];
  attempts: number;
  /** Set while a worker has the chunk. */
  leasedUntil?: Date;
}

/** One message on its way to up to a hundred subscriptions, with all that is needed to call them. */
export interface NotificationChunk extends NotificationProgress {
  inboundId: string;
  index: number;
  customerId: string;
  serviceId: string;
  /** What is posted, as JSON. */
  payload: string;
  targets: readonly Target[];
}

export const notificationChunkPrivacy = {
  inboundId: 'technical',
  customerId: 'customer',
  serviceId: 'customer',
  payload: 'personal',
  targets: [targetPrivacy],
  states: ['technical'],
} as const satisfies PrivacyOf<NotificationChunk>;

/** A chunk and the version it was read at. */
export interface VersionedNotificationChunk {
  chunk: NotificationChunk;
  version: string;
}

/** What changes about a notification that goes alone. */
export interface RetryProgress {
  state: 'waiting' | 'delivered' | 'givenUp' | 'ended';
  /** What it is given up after is counted from here. */
  since: Date;
  /** Calls so far. */
  attempts: number;
  lastAnswer?: CallbackAnswer;
  leasedUntil?: Date;
  /** When the next call is due. */
  notBefore?: Date;
}

/** One message on its way to one subscription, after a first call that failed or was put off. */
export interface RetryNotification extends RetryProgress {
  inboundId: string;
  customerId: string;
  serviceId: string;
  payload: string;
  target: Target;
}

export const retryNotificationPrivacy = {
  inboundId: 'technical',
  customerId: 'customer',
  serviceId: 'customer',
  payload: 'personal',
  target: targetPrivacy,
  state: 'technical',
  lastAnswer: callbackAnswerPrivacy,
} as const satisfies PrivacyOf<RetryNotification>;

/** A retried notification and the version it was read at. */
export interface VersionedRetry {
  retry: RetryNotification;
  version: string;
}

/** A notification that was given up. */
export interface DeadLetter {
  /** Orders dead letters by time, and names one. */
  id: string;
  inboundId: string;
  customerId: string;
  serviceId: string;
  pipelineId: string;
  subscriptionKey: string;
  callbackUrl: string;
  payload: string;
  /** Why no further call is made. */
  reason: string;
  attempts: number;
  lastAnswer?: CallbackAnswer;
  since: Date;
  givenUpAt: Date;
}

export const deadLetterPrivacy = {
  id: 'technical',
  inboundId: 'technical',
  customerId: 'customer',
  serviceId: 'customer',
  pipelineId: 'technical',
  subscriptionKey: 'technical',
  callbackUrl: 'customer',
  payload: 'personal',
  reason: 'technical',
  lastAnswer: callbackAnswerPrivacy,
} as const satisfies PrivacyOf<DeadLetter>;
