import { defineOperation } from '../operation/define-operation.ts';
import { list, object, text } from '../operation/schema.ts';
import type { DirectoryDeps } from './directory.ts';

/** Lists the customers that the caller is assigned to; fills the Customer dropdowns. */
export const getUserCustomers = defineOperation({
  operationId: 'GetUserCustomers',
  method: 'GET',
  path: '/customers',
  summary: 'Get User Customers',
  description: 'Lists the customers that the signed-in user is assigned to.',
  visibility: 'internal',
  scopes: ['User.Customers'],
  parameters: {},
  answer: {
    status: 200,
    description: 'The customers of the user.',
    schema: object({
      customerUsers: list(
        object({
          customerId: text({ title: 'Customer Id', description: 'Id of the customer.' }),
          customerName: text({ title: 'Customer Name', description: 'Name of the customer.' }),
        }),
        { title: 'Customers', description: 'The customers that the user is assigned to.' },
      ),
    }),
  },
  errors: [],
  async handler({ caller }, { directory }: DirectoryDeps) {
    const user = await directory.user(caller.userId);
    const customers = await Promise.all((user?.customerIds ?? []).map((id) => directory.customer(id)));
    const customerUsers = customers
      .filter((customer) => customer !== undefined)
      .map(({ id, name }) => ({ customerId: id, customerName: name }));
    return { body: { customerUsers } };
  },
});
