import { customersDropdown, servicesDropdown } from '../directory/index.ts';
import { defineOperation, inHeader, inPath } from '../operation/define-operation.ts';
import { problem } from '../operation/errors.ts';
import type { Problem } from '../operation/errors.ts';
import { isObject } from '../core/json.ts';
import { object, text } from '../operation/schema.ts';
import { notificationSchema } from './notification-schema.ts';
import type { SubscriptionsDeps } from './ports.ts';
import { readOrigin } from './read-origin.ts';
import { actionIdOf, pipelineIdOf, subscriptionKeyOf } from './subscription-ids.ts';
import { httpVerbs } from './subscription.ts';
import type { HttpVerb } from './subscription.ts';

/** The only type of action that a pipeline can have. */
const actionType = 'HttpRequest';

/** The trigger: registers a flow's callback address, which we call for each message that a service receives. */
export const newMessage = defineOperation({
  operationId: 'NewMessage',
  method: 'POST',
  path: '/service/{Service}/pipelines/actions',
  summary: 'New Message',
  description: 'This operation triggers when a service receives an SMS or WhatsApp message.',
  scopes: ['TwoWay.Management'],
  trigger: {
    hint: "To see it work, text the service's number.",
    notification: { description: 'The received message.', schema: notificationSchema },
  },
  parameters: {
    Customer: inHeader(
      text({
        title: 'Customer',
        description: 'The customer that receives the messages.',
        visibility: 'important',
        dropdown: customersDropdown,
      }),
    ),
    Service: inPath(
      text({
        title: 'Service',
        description: 'The two-way service that receives. Nothing listed? Ask your administrator for one.',
        visibility: 'important',
        dropdown: servicesDropdown('TwoWay', 'Customer'),
      }),
    ),
  },
  body: {
    name: 'Create webhook request body',
    description: 'What to call for each message.',
    schema: object({
      name: text({
        title: 'Action Name',
        description: 'Name of the registration.',
        visibility: 'internal',
        default: 'PowerAutomate (Auto Created Webhook)',
        maxLength: 255,
      }),
      actionType: text({
        title: 'Action Type',
        description: 'What the registration does with a message.',
        visibility: 'internal',
        default: actionType,
      }),
      description: text({
        title: 'Action Description',
        description: 'What the registration is for.',
        visibility: 'internal',
        default: 'Created by the New Message trigger of a flow.',
        maxLength: 1_000,
      }),
      options: object(
        {
          endpointUrl: text({
            title: 'Endpoint Url',
            description: 'The address to call. The platform fills it in.',
            visibility: 'internal',
            notificationUrl: true,
          }),
          httpVerb: text({
            title: 'Http Method',
            description: 'HTTP method of the call.',
            visibility: 'internal',
            default: 'POST',
          }),
        },
        { title: 'Options', description: 'How to call.' },
      ),
    }),
  },
  answer: {
    status: 201,
    description: 'The trigger is registered. The Location header is the address that removes it.',
    schema: object({ id: text({ title: 'Action Id', description: 'Id of the registration.' }) }),
  },
  errors: ['CallbackRefused'],
  customer: 'Customer',
  service: { parameter: 'Service', type: 'TwoWay' },
  prepare: ({ body }, deps: SubscriptionsDeps) => prepareSubscription(body, deps),
  async handler({ body, customer, service, header, now, prepared: httpVerb }, deps: SubscriptionsDeps) {
    const { flows, newSecret } = deps;
    const owner = { customerId: customer.id, serviceId: service.id };
    const callbackUrl = body.options.endpointUrl;
    const subscription = {
      ...owner,
      pipelineId: pipelineIdOf(owner),
      key: subscriptionKeyOf(callbackUrl),
      callbackUrl,
      httpVerb,
      name: body.name,
      description: body.description,
      secret: newSecret(),
      origin: readOrigin(header),
      subscribedAt: now,
      state: 'active' as const,
    };
    await flows.subscriptions.put(subscription);
    const id = actionIdOf(subscription);
    return {
      body: { id },
      headers: { Location: `${flows.publicUrl}/pipelines/${subscription.pipelineId}/actions/${id}` },
    };
  },
});

function prepareSubscription(body: unknown, { flows }: SubscriptionsDeps) {
  const problems: Problem[] = [];
  const fields = isObject(body) ? body : {};
  const options = isObject(fields['options']) ? fields['options'] : {};
  const { endpointUrl, httpVerb } = options;
  if (typeof fields['actionType'] === 'string' && fields['actionType'] !== actionType) {
    problems.push(problem('InvalidField', { target: 'actionType', rule: `must be ${actionType}` }));
  }
  const rule = typeof endpointUrl === 'string' ? flows.checkUrl(endpointUrl) : undefined;
  if (rule !== undefined) problems.push(problem('CallbackRefused', { target: 'options.endpointUrl', rule }));
  const verb = readVerb(httpVerb);
  if (typeof httpVerb === 'string' && verb === undefined) {
    const choices = httpVerbs.join(', ');
    problems.push(problem('InvalidField', { target: 'options.httpVerb', rule: `must be one of ${choices}` }));
  }
  return { problems, prepared: verb ?? ('POST' satisfies HttpVerb) };
}

function readVerb(value: unknown): HttpVerb | undefined {
  const wanted = typeof value === 'string' ? value.trim().toUpperCase() : '';
  return httpVerbs.find((verb) => verb === wanted);
}
