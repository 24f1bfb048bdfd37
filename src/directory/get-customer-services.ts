import { serviceTypes } from '../operation/access.ts';
import { defineOperation, inHeader, inPath } from '../operation/define-operation.ts';
import { choice, flag, list, object, optional, text } from '../operation/schema.ts';
import type { DirectoryDeps } from './directory.ts';

/** Lists the services of a customer by type; fills the Service dropdowns. */
export const getCustomerServices = defineOperation({
  operationId: 'GetCustomerServices',
  method: 'GET',
  path: '/services/{Customer-Id}',
  summary: 'Get Customer Services',
  description: 'Lists the services of a customer.',
  visibility: 'internal',
  scopes: ['Customer.Services'],
  parameters: {
    'Customer-Id': inPath(text({ title: 'Customer', description: 'The customer whose services are listed.' })),
    ServiceType: inHeader(
      choice(serviceTypes, {
        title: 'Service Type',
        description: 'The type of the services to list.',
        visibility: 'internal',
        default: 'OneWay',
      }),
    ),
    AllowReplyMessage: inHeader(
      optional(
        flag({
          title: 'Allow Reply Message',
          description: 'Yes lists only services that support replies.',
          visibility: 'internal',
        }),
      ),
    ),
  },
  answer: {
    status: 200,
    description: 'The services, in the order of the directory.',
    schema: list(
      object({
        id: text({ title: 'Service Id', description: 'Id of the service.' }),
        name: text({ title: 'Service Name', description: 'Name of the service.' }),
      }),
    ),
  },
  errors: [],
  customer: 'Customer-Id',
  async handler({ customer, parameters }, { directory }: DirectoryDeps) {
    const services = await directory.services(customer.id);
    const wanted = services.filter(
      ({ type, allowsReplies }) =>
        type === parameters.ServiceType && (parameters.AllowReplyMessage !== true || allowsReplies),
    );
    return { body: wanted.map(({ id, name }) => ({ id, name })) };
  },
});
