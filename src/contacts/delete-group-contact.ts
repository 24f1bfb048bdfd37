import { defineOperation } from '../operation/define-operation.ts';
import { apiError } from '../operation/errors.ts';
import { flag } from '../operation/schema.ts';
import { groupParameters, phoneParameter } from './group-parameters.ts';
import type { ContactsDeps } from './ports.ts';
import { preparePhone } from './prepare-contact.ts';

/** Deletes one contact. */
export const deleteGroupContact = defineOperation({
  operationId: 'DeleteGroupContact',
  method: 'DELETE',
  path: '/groupcontact/{Customer}/{Group Service}/{Phone}',
  summary: 'Delete Group Contact',
  description: 'Deletes a contact of a group service by its phone number.',
  scopes: ['Group.Management'],
  parameters: { ...groupParameters(), Phone: phoneParameter },
  answer: {
    status: 200,
    description: 'The contact was deleted.',
    schema: flag({ title: 'Deleted', description: 'True when the contact was deleted.' }),
  },
  errors: ['InvalidPhoneNumber', 'ContactNotFound'],
  customer: 'Customer',
  service: { parameter: 'Group Service', type: 'Group' },
  prepare: ({ parameters }) => preparePhone(parameters.Phone),
  async handler({ prepared, customer, service }, { contacts }: ContactsDeps) {
    const outcome = await contacts.store.delete({ customerId: customer.id, serviceId: service.id }, prepared.phone);
    if (outcome === 'absent') throw apiError('ContactNotFound', { target: 'Phone' });
    return { body: true };
  },
});
