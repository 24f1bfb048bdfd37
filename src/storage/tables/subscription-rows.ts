import type { Refusals, Subscription, SubscriptionHealth } from '../../subscriptions/index.ts';
import type { Row } from './entity.ts';
import { guardEntitySize } from './long-text.ts';
import { textField } from './optional-columns.ts';

/**
 * Returns the keys of a subscription's row. The subscriptions of a service are one partition, named by its pipeline id.
 */
export function subscriptionKeys(pipelineId: string, key: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: pipelineId, rowKey: `${pipelineId}.${key}` };
}

/**
 * Converts a subscription to its row. Absent texts become empty texts, because a merge can't remove a column.
 *
 * @throws RangeError if the row is larger than Azure accepts
 */
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

/** Converts the health of a subscription to the columns that change with the answers to its calls. */
export function healthColumns({ state, reason = '', refusals }: SubscriptionHealth) {
  return { state, reason, refusals: refusals === undefined ? '' : JSON.stringify(refusals) };
}

/** Converts a row to its subscription; the inverse of {@link subscriptionRow}. */
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
