import { timingSafeEqual } from 'node:crypto';

import type { DirectoryDeps } from '../directory/index.ts';
import type { Caller } from '../operation/access.ts';
import { defineOperation, inPath } from '../operation/define-operation.ts';
import { text } from '../operation/schema.ts';
import type { SubscriptionsDeps } from './ports.ts';
import { removeSubscription } from './remove-subscription.ts';
import { isPipelineId, parseActionId, pipelineIdOf } from './subscription-ids.ts';
import type { Subscription } from './subscription.ts';

/**
 * Removes the subscription that the trigger registered. The platform is known to call this without a token, so the id,
 * which nobody can guess, is enough. A caller with a token must be assigned to the customer. The answer is always 204,
 * because the platform reports any other answer as an error of the flow.
 */
export const deleteTrigger = defineOperation({
  operationId: 'DeleteTrigger',
  method: 'DELETE',
  path: '/pipelines/{Pipeline-Id}/actions/{Action-Id}',
  summary: 'Delete trigger',
  description: 'Removes the registration of a trigger.',
  visibility: 'internal',
  scopes: ['TwoWay.Management'],
  anonymous: true,
  parameters: {
    'Pipeline-Id': inPath(text({ title: 'Pipeline Id', description: "Id of the service's registrations." })),
    'Action-Id': inPath(text({ title: 'Action Id', description: 'Id of the registration to remove.' })),
  },
  answer: { status: 204, description: 'The registration is removed, or it did not exist.' },
  errors: [],
  async handler({ parameters, caller }, deps: SubscriptionsDeps & DirectoryDeps) {
    const pipelineId = parameters['Pipeline-Id'];
    const action = parseActionId(parameters['Action-Id']);
    if (action === undefined || !isPipelineId(pipelineId)) return { body: undefined };
    const isMeant = ({ secret }: Subscription): boolean => isSameSecret(secret, action.secret);
    try {
      if (caller !== undefined && !(await isOf(caller, pipelineId, deps))) return { body: undefined };
      await removeSubscription({ pipelineId, key: action.key }, isMeant, deps.flows.subscriptions);
      return { body: undefined };
    } catch (failure) {
      // If the subscription stays, it ends when its callback answers that the flow is gone.
      return { body: undefined, failure };
    }
  },
});

/** Compares secrets in constant time. An older id of the same subscription has another secret. */
function isSameSecret(known: string, given: string): boolean {
  const [left, right] = [Buffer.from(known), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Tells whether a pipeline id is that of a service of one of the caller's customers, without reading subscriptions. */
async function isOf({ userId }: Caller, pipelineId: string, { directory }: DirectoryDeps): Promise<boolean> {
  const { customerIds = [] } = (await directory.user(userId)) ?? {};
  const services = await Promise.all(
    customerIds.map(async (customerId) =>
      (await directory.services(customerId)).map(({ id }) => ({ customerId, serviceId: id })),
    ),
  );
  return services.flat().some((service) => pipelineIdOf(service) === pipelineId);
}
