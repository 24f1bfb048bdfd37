import { customersDropdown, servicesDropdown } from '../directory/index.ts';
import { defineOperation, inHeader, inPath } from '../operation/define-operation.ts';
import { object, text } from '../operation/schema.ts';
import type { SubscriptionsDeps } from './ports.ts';
import { removeSubscription } from './remove-subscription.ts';
import { pipelineIdOf, subscriptionKeyOf } from './subscription-ids.ts';

/** Removes a subscription by its callback address, for Logic Apps webhooks, which don't keep the Location header. */
export const unsubscribeCallback = defineOperation({
  operationId: 'UnsubscribeCallback',
  method: 'POST',
  path: '/service/{Service}/pipelines/actions/unsubscribe',
  summary: 'Unsubscribe callback',
  description: 'Removes the registration of a callback address, even if its signature has changed.',
  visibility: 'internal',
  scopes: ['TwoWay.Management'],
  parameters: {
    Customer: inHeader(
      text({
        title: 'Customer',
        description: 'The customer that receives the messages.',
        dropdown: customersDropdown,
      }),
    ),
    Service: inPath(
      text({
        title: 'Service',
        description: 'The service that receives the messages.',
        dropdown: servicesDropdown('TwoWay', 'Customer'),
      }),
    ),
  },
  body: {
    name: 'body',
    description: 'The address to stop calling.',
    schema: object({
      callbackUrl: text({ title: 'Callback Url', description: 'The address that was registered.' }),
    }),
  },
  answer: { status: 204, description: 'The registration is removed, or it did not exist.' },
  errors: [],
  customer: 'Customer',
  service: { parameter: 'Service', type: 'TwoWay' },
  async handler({ body, customer, service }, { flows }: SubscriptionsDeps) {
    const pipelineId = pipelineIdOf({ customerId: customer.id, serviceId: service.id });
    await removeSubscription({ pipelineId, key: subscriptionKeyOf(body.callbackUrl) }, () => true, flows.subscriptions);
    return { body: undefined };
  },
});
