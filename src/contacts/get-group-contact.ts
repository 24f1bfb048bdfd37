import { defineOperation, inQuery } from '../operation/define-operation.ts';
import { apiError } from '../operation/errors.ts';
import { optional, text } from '../operation/schema.ts';
import { phoneNumberRegionsDropdown } from '../phone-numbers/index.ts';
import { contactAnswer } from './contact-fields.ts';
import { groupParameters, phoneParameter } from './group-parameters.ts';
import type { ContactsDeps } from './ports.ts';
import { preparePhone } from './prepare-contact.ts';

/** Shows a contact. */
export const getGroupContact = defineOperation({
  operationId: 'GetGroupContact',
  method: 'GET',
  path: '/groupcontact/{Customer}/{Group Service}/{Phone}',
  summary: 'Get Group Contact',
  description: 'Gets a contact of a group service by its phone number.',
  scopes: ['Group.Management'],
  parameters: {
    ...groupParameters(),
    Phone: phoneParameter,
    Region: inQuery(
      optional(
        text({
          title: 'Region',
          description: 'Region in which a national phone number is read. Empty means Finland.',
          dropdown: phoneNumberRegionsDropdown,
        }),
      ),
    ),
  },
  answer: { status: 200, description: 'The contact.', schema: contactAnswer },
  errors: ['InvalidPhoneNumber', 'ContactNotFound'],
  customer: 'Customer',
  service: { parameter: 'Group Service', type: 'Group' },
  prepare: ({ parameters }) => preparePhone(parameters.Phone, parameters.Region),
  async handler({ prepared, customer, service }, { contacts }: ContactsDeps) {
    const found = await contacts.store.read({ customerId: customer.id, serviceId: service.id }, prepared.phone);
    if (found === undefined) throw apiError('ContactNotFound', { target: 'Phone' });
    const { id: _id, active: _active, createdAt: _createdAt, customContactProperties, ...shown } = found.contact;
    const { failedMessages } = found;
    return { body: { ...shown, customContactProperties: [...customContactProperties], failedMessages } };
  },
});
