import type { Refusals, Subscription, SubscriptionHealth } from '../../subscriptions/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize } from './long-text.ts';
import { textField } from './optional-columns.ts';

/** The keys of a subscription's row: those of a service are one partition. */
export function subscriptionKeys(pipelineId: string, key: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: pipelineId, rowKey: `${pipelineId}.${key}` };
}

export function subscriptionRow(subscription: Subscription) {
  const { pipelineId, key, customerId, serviceId, callbackUrl, httpVerb, name, description, secret } = subscription;
  return guardEntitySize({
    ...subscriptionKeys(pipelineId, key),
    key,
    customerId,
    serviceId,
    callbackUrl,
    httpVerb,
    name,
    description,
    secret,
    origin: JSON.stringify(subscription.origin),
    subscribedAt: subscription.subscribedAt.toISOString(),
    ...healthColumns(subscription),
  });
}

/** The columns that change while a subscription is called. */
export function healthColumns({ state, reason = '', refusals }: SubscriptionHealth) {
  return { state, reason, refusals: refusals === undefined ? '' : JSON.stringify(refusals) };
}

/** The inverse of {@link subscriptionRow}. */
export function subscriptionOf(row: Row): Subscription {
  return {
    pipelineId: String(row['partitionKey']),
    key: String(row['key']),
    customerId: String(row['customerId']),
    serviceId: String(row['serviceId']),
    callbackUrl: String(row['callbackUrl']),
    httpVerb: row['httpVerb'] as Subscription['httpVerb'],
    name: String(row['name']),
    description: String(row['description']),
    secret: String(row['secret']),
    origin: JSON.parse(String(row['origin'])) as Record<string, string>,
    subscribedAt: new Date(String(row['subscribedAt'])),
    state: row['state'] as Subscription['state'],
    ...textField('reason', row['reason']),
    ...(row['refusals'] === '' ? {} : { refusals: refusalsOf(String(row['refusals'])) }),
  };
}

function refusalsOf(text: string): Refusals {
  const { kind, count, since } = JSON.parse(text) as Omit<Refusals, 'since'> & { since: string };
  return { kind, count, since: new Date(since) };
}
