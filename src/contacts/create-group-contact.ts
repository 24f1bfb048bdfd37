import { defineOperation } from '../operation/define-operation.ts';
import { apiError } from '../operation/errors.ts';
import { text } from '../operation/schema.ts';
import { newContactBody } from './contact-fields.ts';
import { groupParameters } from './group-parameters.ts';
import type { ContactsDeps } from './ports.ts';
import { prepareNewContact } from './prepare-contact.ts';

/** Adds a contact to a group. */
export const createGroupContact = defineOperation({
  operationId: 'CreateGroupContact',
  method: 'POST',
  path: '/groupcontact/{Customer}/{Group Service}',
  summary: 'Create group contact',
  description: 'Adds a contact to a group service. A group has one contact for each phone number.',
  scopes: ['Group.Management'],
  parameters: groupParameters({ visibility: 'important' }),
  body: { name: 'Request Body', description: 'The contact.', schema: newContactBody },
  answer: {
    status: 200,
    description: 'The contact was created.',
    schema: text({ title: 'Contact Id', description: 'Unique id of the contact.', format: 'uuid' }),
  },
  errors: ['InvalidPhoneNumber', 'ContactExists'],
  customer: 'Customer',
  service: { parameter: 'Group Service', type: 'Group' },
  prepare: prepareNewContact,
  async handler({ prepared, customer, service, now }, { contacts }: ContactsDeps) {
    const group = { customerId: customer.id, serviceId: service.id };
    const id = contacts.newId();
    const outcome = await contacts.store.create(group, { ...prepared, id, createdAt: now });
    if (outcome === 'exists') throw apiError('ContactExists', { target: 'phone' });
    return { body: id };
  },
});
