import { defineOperation } from '../operation/define-operation.ts';
import { flag } from '../operation/schema.ts';
import { groupParameters } from './group-parameters.ts';
import type { ContactsDeps } from './ports.ts';

/** Deletes every contact of a group. */
export const deleteAllGroupContacts = defineOperation({
  operationId: 'DeleteAllGroupContacts',
  method: 'DELETE',
  path: '/groupcontact/{Customer}/{Group Service}',
  summary: 'Delete All Group Contacts',
  description: 'Deletes all contacts of a group service at once, however many there are.',
  scopes: ['Group.Management'],
  parameters: groupParameters(),
  answer: {
    status: 200,
    description: 'The contacts were deleted.',
    schema: flag({ title: 'Deleted', description: 'True when the contacts were deleted.' }),
  },
  errors: [],
  customer: 'Customer',
  service: { parameter: 'Group Service', type: 'Group' },
  async handler({ customer, service }, { contacts }: ContactsDeps) {
    const group = { customerId: customer.id, serviceId: service.id };
    await contacts.store.deleteAll(group);
    // After the deletion, or the worker would find nothing to do. If this fails, the caller gets an error and tries
    // again.
    await contacts.cleanUps.enqueue(group);
    return { body: true };
  },
});
