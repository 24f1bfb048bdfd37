import { addressClaim, checkClaims, readClaims } from '../../../src/directory/claims.ts';
import type { Directory, DirectoryDocument } from '../../../src/directory/index.ts';

/**
 * Creates a directory in memory from a document.
 *
 * @throws Error if claims are wrong or contradict each other: see `checkClaims`
 */
export function createMemoryDirectory({ customers, users }: DirectoryDocument): Directory {
  const [problem] = checkClaims(customers);
  if (problem !== undefined) throw new Error(problem.text);
  const customersById = new Map(customers.map((customer) => [customer.id, customer]));
  const usersById = new Map(users.map((user) => [user.id, user]));
  const claims = new Map(customers.map((customer) => [customer.id, readClaims(customer)]));
  return {
    user: async (userId) => usersById.get(userId),
    customer: async (customerId) => customersById.get(customerId),
    services: async (customerId) => customersById.get(customerId)?.services ?? [],
    whatsappIdentities: async (customerId) => claims.get(customerId)?.identities ?? [],
    receivers: async (protocol, address) =>
      [...claims].flatMap(([customerId, { services }]) =>
        (services.get(addressClaim(protocol, address)) ?? []).map((service) => ({ customerId, service })),
      ),
    identityOwner: async (address) => [...claims].find(([, { identities }]) => identities.includes(address))?.[0],
  };
}
