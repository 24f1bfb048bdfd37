import { foldKeyword, readAddress, readIdentity } from '../../directory/index.ts';
import type { Directory, DirectoryService, Receiver, User } from '../../directory/index.ts';
import type { Customer } from '../../operation/access.ts';

type CustomerEntry = Customer & { services: readonly DirectoryService[]; whatsappIdentities?: readonly string[] };

/** A directory as an operator writes it down. */
export interface DirectoryDocument {
  customers: readonly CustomerEntry[];
  users: readonly User[];
}

/**
 * A directory that is held in memory, read from one document. Throws where a WhatsApp identity is no number, or stands
 * with two customers: its templates and messages would then be the wrong one's. So it does where two services would get
 * the same message of a phone.
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
  const receivers = readReceivers(customers);
  return {
    user: async (userId) => usersById.get(userId),
    customer: async (customerId) => customersById.get(customerId),
    services: async (customerId) => customersById.get(customerId)?.services ?? [],
    whatsappIdentities: async (customerId) => identities.get(customerId) ?? [],
    receivers: async (protocol, address) => receivers.get(`${protocol} ${address}`) ?? [],
    identityOwner: async (address) => owners.get(address),
  };
}

/** Receiving services by protocol and address. */
function readReceivers(customers: readonly CustomerEntry[]): Map<string, Receiver[]> {
  const receivers = new Map<string, Receiver[]>();
  const claims = new Map<string, string>();
  for (const { id: customerId, region, services } of customers) {
    for (const service of services) {
      if (service.receivesOn === undefined) continue;
      const { protocol, address: written, keywords } = service.receivesOn;
      const address = readAddress(written, region);
      if (address === undefined) throw new Error(`'${written}', on which ${service.id} receives, is no address`);
      const place = `${protocol} ${address}`;
      // No keyword is a claim as well: to all that no keyword claims.
      for (const keyword of keywords.length === 0 ? [''] : keywords.map(foldKeyword)) {
        const claim = `${place} ${keyword}`;
        const other = claims.get(claim);
        if (other !== undefined) {
          const what = keyword === '' ? 'everything' : `the keyword '${keyword}'`;
          throw new Error(`${other} and ${service.id} both claim ${what} on ${place}`);
        }
        claims.set(claim, service.id);
      }
      receivers.set(place, [...(receivers.get(place) ?? []), { customerId, service }]);
    }
  }
  return receivers;
}

function readIdentities({ id, region, whatsappIdentities = [] }: CustomerEntry): string[] {
  return whatsappIdentities.map((text) => {
    const address = readIdentity(text, region);
    if (address === undefined) throw new Error(`'${text}', a WhatsApp identity of ${id}, is no number`);
    return address;
  });
}
