import type { RefusalKind } from '../http-delivery/index.ts';
import type { PrivacyOf } from '../core/privacy.ts';

/** With which method a callback is called. */
export const httpVerbs = ['POST', 'PUT', 'PATCH'] as const;
export type HttpVerb = (typeof httpVerbs)[number];

/** What a trigger registered: an address that is called for each message of a TwoWay service. */
export interface Subscription {
  /** Names the service's subscriptions: 32 hexadecimal digits that follow from customer and service. */
  pipelineId: string;
  /** Names the subscription among them: 32 hexadecimal digits that follow from the callback address without its `sig`. */
  key: string;
  customerId: string;
  serviceId: string;
  /** To be called as it is, byte for byte. */
  callbackUrl: string;
  httpVerb: HttpVerb;
  name: string;
  description: string;
  /** The part of the action id that nobody can guess: 32 hexadecimal digits, new at each subscribing. */
  secret: string;
  /** Headers of the subscribing call that identify the flow or workflow, by name in lower case. */
  origin: Readonly<Record<string, string>>;
  subscribedAt: Date;
  /** `ended`: the callback is gone. `disabled`: it refuses our calls. Neither is told of messages. */
  state: 'active' | 'ended' | 'disabled';
  /** Why it is not active. */
  reason?: string;
  /** Refusals in a row, where the last calls were refused. */
  refusals?: Refusals;
}

export const subscriptionPrivacy = {
  pipelineId: 'technical',
  key: 'technical',
  customerId: 'customer',
  serviceId: 'customer',
  callbackUrl: 'customer',
  httpVerb: 'technical',
  name: 'customer',
  description: 'customer',
  secret: 'technical',
  origin: ['customer'],
  state: 'technical',
  reason: 'technical',
  refusals: { kind: 'technical' },
} as const satisfies PrivacyOf<Subscription>;

/** Answers of one kind, one after the other. */
export interface Refusals {
  kind: RefusalKind;
  count: number;
  since: Date;
}

/** What changes about a subscription while it is called. */
export type SubscriptionHealth = Pick<Subscription, 'state' | 'reason' | 'refusals'>;

/** A subscription and the version it was read at; a write against an older version is refused. */
export interface VersionedSubscription {
  subscription: Subscription;
  version: string;
}
