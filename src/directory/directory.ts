import type { PrivacyOf } from '../core/privacy.ts';
import type { Customer, Service } from '../operation/access.ts';

/** Someone who signs in, and the customers they are assigned to. */
export interface User {
  id: string;
  name: string;
  customerIds: readonly string[];
}

export const userPrivacy = {
  id: 'customer',
  name: 'customer',
  customerIds: ['customer'],
} as const satisfies PrivacyOf<User>;

/** A TwoWay service's own address: what phones write to. */
interface ServiceAddress {
  protocol: 'SMS' | 'WhatsApp';
  address: string;
  /** The first words that bring a message here; none for the one service that gets what no keyword claims. */
  keywords: readonly string[];
}

/** A service with what few operations need. */
export interface DirectoryService extends Service {
  receivesOn?: ServiceAddress;
  /** Names of the carriers that send for it, the first that can be had; all that are set up, in their order, where absent. */
  carriers?: readonly string[];
  /**
   * Whether a message is sent again of which nobody knows whether its carrier has it, at the risk of a second one; else
   * its recipient ends as unknown.
   */
  resendInDoubt?: boolean;
}

/** A TwoWay service and whose it is. */
export interface Receiver {
  customerId: string;
  service: DirectoryService;
}

/** What exists: customers, their services and WhatsApp identities, and who may use them. */
export interface Directory {
  user(userId: string): Promise<User | undefined>;
  customer(customerId: string): Promise<Customer | undefined>;
  /** A customer's services, in the order in which the directory lists them; empty for an unknown customer. */
  services(customerId: string): Promise<readonly DirectoryService[]>;
  /** A customer's WhatsApp numbers, in the form of {@link readIdentity}; empty for an unknown customer. */
  whatsappIdentities(customerId: string): Promise<readonly string[]>;
  /** The services that receive on an address, whoever they belong to; the address in the form of {@link readAddress}. */
  receivers(protocol: ServiceAddress['protocol'], address: string): Promise<readonly Receiver[]>;
  /** Whose a WhatsApp number is, given in the form of {@link readIdentity}. */
  identityOwner(address: string): Promise<string | undefined>;
}

/** What directory operations work with. */
export interface DirectoryDeps {
  directory: Directory;
}
