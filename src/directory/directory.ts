import type { PrivacyOf } from '../core/privacy.ts';
import type { Customer, Service } from '../operation/access.ts';

/** Somebody who signs in, a person or an application, and the customers that they are assigned to. */
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

/** The address of a TwoWay service, to which phones write. */
interface ServiceAddress {
  protocol: 'SMS' | 'WhatsApp';
  address: string;
  /** A message that begins with one of these words is for this service. Empty: it gets what no keyword claims. */
  keywords: readonly string[];
}

/** A service with the fields that only few operations need. */
export interface DirectoryService extends Service {
  receivesOn?: ServiceAddress;
  /**
   * Names of the carriers that may send for it: the first available one does. Default: all carriers, in their order.
   */
  carriers?: readonly string[];
  /**
   * Whether a message in doubt is sent again, at the risk that the phone gets it twice. Default: false, and the
   * recipient ends as unknown.
   */
  resendInDoubt?: boolean;
}

/** A TwoWay service and its customer. */
export interface Receiver {
  customerId: string;
  service: DirectoryService;
}

/** Knows customers, their services and WhatsApp identities, and the users who may use them. */
export interface Directory {
  user(userId: string): Promise<User | undefined>;
  customer(customerId: string): Promise<Customer | undefined>;
  /** Lists a customer's services, in the order of the directory; empty for an unknown customer. */
  services(customerId: string): Promise<readonly DirectoryService[]>;
  /** Lists a customer's WhatsApp numbers, in the form of {@link readIdentity}; empty for an unknown customer. */
  whatsappIdentities(customerId: string): Promise<readonly string[]>;
  /** Lists the services of all customers that receive on an address, which has the form of {@link readAddress}. */
  receivers(protocol: ServiceAddress['protocol'], address: string): Promise<readonly Receiver[]>;
  /** Finds the id of the customer that has a WhatsApp number, which has the form of {@link readIdentity}. */
  identityOwner(address: string): Promise<string | undefined>;
}

/** What the operations of the directory depend on. */
export interface DirectoryDeps {
  directory: Directory;
}
