import type { RefusalKind } from '../http-delivery/index.ts';
import type { PrivacyOf } from '../core/privacy.ts';

/** The methods with which a callback can be called. */
export const httpVerbs = ['POST', 'PUT', 'PATCH'] as const;
export type HttpVerb = (typeof httpVerbs)[number];

/** A trigger's registration: an address that we call for each message of a TwoWay service. */
export interface Subscription {
  /** Groups the service's subscriptions: 32 hexadecimal digits, computed from customer and service. */
  pipelineId: string;
  /**
   * Identifies the subscription in its pipeline: 32 hexadecimal digits, computed from the callback address without
   * `sig`.
   */
  key: string;
  customerId: string;
  serviceId: string;
  /** Called as it is, byte for byte. */
  callbackUrl: string;
  httpVerb: HttpVerb;
  name: string;
  description: string;
  /** The part of the action id that nobody can guess: 32 hexadecimal digits, new each time the flow subscribes. */
  secret: string;
  /** Headers of the subscribing call that identify the flow or workflow, by name in lower case. */
  origin: Readonly<Record<string, string>>;
  subscribedAt: Date;
  /** `ended`: the callback is gone. `disabled`: it refuses our calls. Neither is notified. */
  state: 'active' | 'ended' | 'disabled';
  /** Why it is not active. */
  reason?: string;
  /** Refusals in a row; absent if the last call was not refused. */
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

/** Refusals of one kind in a row. */
export interface Refusals {
  kind: RefusalKind;
  count: number;
  since: Date;
}

/** The fields of a subscription that its callback's answers change. */
export type SubscriptionHealth = Pick<Subscription, 'state' | 'reason' | 'refusals'>;

/** A subscription and the version that was read; the store refuses writes against an older version. */
export interface VersionedSubscription {
  subscription: Subscription;
  version: string;
}
