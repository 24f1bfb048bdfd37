import type { Directory, DirectoryService, User } from '../../directory/index.ts';
import type { Customer } from '../../operation/access.ts';

/** A directory as an operator writes it down. */
export interface DirectoryDocument {
  customers: readonly (Customer & { services: readonly DirectoryService[]; whatsappIdentities?: readonly string[] })[];
  users: readonly User[];
}

/** A directory that is held in memory, read from one document. */
export function createMemoryDirectory({ customers, users }: DirectoryDocument): Directory {
  const customersById = new Map(customers.map((customer) => [customer.id, customer]));
  const usersById = new Map(users.map((user) => [user.id, user]));
  return {
    user: async (userId) => usersById.get(userId),
    customer: async (customerId) => customersById.get(customerId),
    services: async (customerId) => customersById.get(customerId)?.services ?? [],
  };
}
