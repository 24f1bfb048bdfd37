import { defineOperation } from '../operation/define-operation.ts';
import { apiError } from '../operation/errors.ts';
import { flag } from '../operation/schema.ts';
import { contactChangesBody } from './contact-fields.ts';
import { groupParameters, phoneParameter } from './group-parameters.ts';
import type { ContactsDeps } from './ports.ts';
import { prepareContactChanges } from './prepare-contact.ts';

/** Changes fields of a contact. */
export const updateGroupContact = defineOperation({
  operationId: 'UpdateGroupContact',
  method: 'PUT',
  path: '/groupcontact/{Customer}/{Group Service}/{Phone}',
  summary: 'Update Group Contact',
  description:
    'Changes a contact of a group service. Fields left empty keep their values; fields named in Fields to Clear are emptied. Custom Properties replace all that the contact had. Active is prefilled with Yes, which reactivates the contact.',
  scopes: ['Group.Management'],
  parameters: { ...groupParameters(), Phone: phoneParameter },
  body: { name: 'Request Body', description: 'The fields to change.', schema: contactChangesBody },
  answer: {
    status: 200,
    description: 'The contact was changed.',
    schema: flag({ title: 'Updated', description: 'True when the contact was changed.' }),
  },
  errors: ['MissingField', 'InvalidPhoneNumber', 'ContactNotFound'],
  customer: 'Customer',
  service: { parameter: 'Group Service', type: 'Group' },
  prepare: prepareContactChanges,
  async handler({ prepared, customer, service }, { contacts }: ContactsDeps) {
    const group = { customerId: customer.id, serviceId: service.id };
    const outcome = await contacts.store.update(group, prepared.phone, prepared.changes);
    if (outcome === 'absent') throw apiError('ContactNotFound', { target: 'Phone' });
    return { body: true };
  },
});
