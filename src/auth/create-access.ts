import type { Directory } from '../directory/index.ts';
import type { AccessPort } from '../operation/access.ts';
import { apiError } from '../operation/errors.ts';
import type { Authenticator } from './authenticate.ts';

/**
 * Creates the access check of operations. It finds callers by their token or key, customers among those that the caller
 * is assigned to, and services among those of the customer. So it never reads anything of another customer, and other
 * customers' ids get the same answer as unknown ids.
 */
export function createAccess(authenticate: Authenticator, directory: Directory): AccessPort {
  return {
    async authenticate(credentials) {
      const caller = await authenticate(credentials);
      if ((await directory.user(caller.userId)) === undefined) throw apiError('UserNotAllowed');
      return caller;
    },

    async customer(caller, { id, parameter }) {
      const user = await directory.user(caller.userId);
      const customer = user?.customerIds.includes(id) === true ? await directory.customer(id) : undefined;
      if (customer === undefined) throw apiError('CustomerNotAssigned', { target: parameter });
      return customer;
    },

    async service(customer, { id, parameter }, { type, replies }) {
      const service = (await directory.services(customer.id)).find((candidate) => candidate.id === id);
      if (service === undefined) throw apiError('ServiceNotFound', { target: parameter });
      if (service.type !== type) {
        throw apiError('WrongServiceType', { target: parameter, actual: service.type, expected: type });
      }
      if (replies === true && !service.allowsReplies) {
        throw apiError('WrongServiceType', {
          target: parameter,
          actual: `${type} without replies`,
          expected: `${type} with replies`,
        });
      }
      return service;
    },
  };
}
