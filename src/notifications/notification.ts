import type { CallbackAnswer } from '../http-delivery/index.ts';
import { callbackAnswerPrivacy } from '../http-delivery/index.ts';
import type { PrivacyOf } from '../core/privacy.ts';
import type { HttpVerb } from '../subscriptions/index.ts';

/** The fields of a subscription that a notification needs. */
export interface Target {
  pipelineId: string;
  key: string;
  /** Differs each time the flow subscribes. */
  secret: string;
  callbackUrl: string;
  httpVerb: HttpVerb;
  /** Whether the last call was refused; any other answer then resets the count of refusals. */
  wasRefused: boolean;
}

const targetPrivacy = {
  pipelineId: 'technical',
  key: 'technical',
  secret: 'technical',
  callbackUrl: 'customer',
  httpVerb: 'technical',
} as const satisfies PrivacyOf<Target>;

/** `retried`: a retry notification delivers it, apart from the chunk. `ended`: it was given up. */
export const chunkStates = ['waiting', 'delivered', 'retried', 'ended'] as const;
export type ChunkState = (typeof chunkStates)[number];

/** The fields of a chunk of notifications that workers change. */
export interface NotificationProgress {
  /** One per target, in the order of the targets. */
  states: readonly ChunkState[];
  attempts: number;
  /** When the worker's lease ends; absent if no worker has the chunk. */
  leasedUntil?: Date;
}

/** One message on its way to up to a hundred subscriptions, with all that the calls need. */
export interface NotificationChunk extends NotificationProgress {
  inboundId: string;
  index: number;
  customerId: string;
  serviceId: string;
  /** The body of the calls, as JSON. */
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

/** A chunk and the version that was read. */
export interface VersionedNotificationChunk {
  chunk: NotificationChunk;
  version: string;
}

/** The fields of a retry notification that workers change. */
export interface RetryProgress {
  state: 'waiting' | 'delivered' | 'givenUp' | 'ended';
  /** The start of the time after which it is given up. */
  since: Date;
  /** Calls so far. */
  attempts: number;
  lastAnswer?: CallbackAnswer;
  leasedUntil?: Date;
  /** When the next call is due. */
  notBefore?: Date;
}

/** One message on its way to one subscription, after a first call that failed, was slow or was put off. */
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

/** A retry notification and the version that was read. */
export interface VersionedRetry {
  retry: RetryNotification;
  version: string;
}

/** A notification that was given up. */
export interface DeadLetter {
  /** Identifies the dead letter; sorts a customer's dead letters by time. */
  id: string;
  inboundId: string;
  customerId: string;
  serviceId: string;
  pipelineId: string;
  subscriptionKey: string;
  callbackUrl: string;
  payload: string;
  /** Why there are no further calls. */
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
