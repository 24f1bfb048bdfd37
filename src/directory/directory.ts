import type { Customer, Service } from '../operation/access.ts';

/** Someone who signs in, and the customers they are assigned to. */
export interface User {
  id: string;
  name: string;
  customerIds: readonly string[];
}

/** A TwoWay service's own address: what phones write to. */
interface ServiceAddress {
  protocol: 'SMS' | 'WhatsApp';
  address: string;
  /** The first word that brings a message here; absent for the catch-all of the address. */
  keyword?: string;
}

/** A service with what only receiving needs. */
export interface DirectoryService extends Service {
  receivesOn?: ServiceAddress;
}

/** What exists: customers, their services and WhatsApp identities, and who may use them. */
export interface Directory {
  user(userId: string): Promise<User | undefined>;
  customer(customerId: string): Promise<Customer | undefined>;
  /** A customer's services, in the order in which the directory lists them; empty for an unknown customer. */
  services(customerId: string): Promise<readonly DirectoryService[]>;
  /** A customer's WhatsApp numbers, in the form of {@link readIdentity}; empty for an unknown customer. */
  whatsappIdentities(customerId: string): Promise<readonly string[]>;
  /** Whose a WhatsApp number is, given in the form of {@link readIdentity}. */
  identityOwner(address: string): Promise<string | undefined>;
}

/** What directory operations work with. */
export interface DirectoryWorld {
  directory: Directory;
}
