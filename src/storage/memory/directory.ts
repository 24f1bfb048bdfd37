import { readIdentity } from '../../directory/index.ts';
import type { Directory, DirectoryService, User } from '../../directory/index.ts';
import type { Customer } from '../../operation/access.ts';

type CustomerEntry = Customer & { services: readonly DirectoryService[]; whatsappIdentities?: readonly string[] };

/** A directory as an operator writes it down. */
export interface DirectoryDocument {
  customers: readonly CustomerEntry[];
  users: readonly User[];
}

/**
 * A directory that is held in memory, read from one document. Throws where a WhatsApp identity is no number, or stands
 * with two customers: its templates and messages would then be the wrong one's.
 */
export function createMemoryDirectory({ customers, users }: DirectoryDocument): Directory {
  const customersById = new Map(customers.map((customer) => [customer.id, customer]));
  const usersById = new Map(users.map((user) => [user.id, user]));
  const identities = new Map(customers.map((customer) => [customer.id, readIdentities(customer)]));
  const owners = new Map<string, string>();
  for (const [customerId, addresses] of identities) {
    for (const address of addresses) {
      const owner = owners.get(address);
      if (owner !== undefined) throw new Error(`WhatsApp identity ${address} belongs to ${owner} and ${customerId}`);
      owners.set(address, customerId);
    }
  }
  return {
    user: async (userId) => usersById.get(userId),
    customer: async (customerId) => customersById.get(customerId),
    services: async (customerId) => customersById.get(customerId)?.services ?? [],
    whatsappIdentities: async (customerId) => identities.get(customerId) ?? [],
    identityOwner: async (address) => owners.get(address),
  };
}

function readIdentities({ id, region, whatsappIdentities = [] }: CustomerEntry): string[] {
  return whatsappIdentities.map((text) => {
    const address = readIdentity(text, region);
    if (address === undefined) throw new Error(`'${text}', a WhatsApp identity of ${id}, is no number`);
    return address;
  });
}
