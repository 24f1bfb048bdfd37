import type { PrivacyOf } from '../core/privacy.ts';
import type { Customer } from '../operation/access.ts';
import type { DirectoryService, User } from './directory.ts';

/** A customer with its services and WhatsApp numbers. */
export interface CustomerEntry extends Customer {
  services: readonly DirectoryService[];
  /** The customer's WhatsApp numbers, as an operator wrote them. */
  whatsappIdentities?: readonly string[];
}

export const customerEntryPrivacy = {
  id: 'customer',
  name: 'customer',
  region: 'customer',
  timeZone: 'customer',
  callbackSecretSetting: 'customer',
  services: [
    {
      id: 'customer',
      name: 'customer',
      type: 'customer',
      senders: ['customer'],
      receivesOn: { protocol: 'customer', address: 'customer', keywords: ['customer'] },
      carriers: ['customer'],
    },
  ],
  whatsappIdentities: ['customer'],
} as const satisfies PrivacyOf<CustomerEntry>;

/** A directory as an operator writes it. */
export interface DirectoryDocument {
  customers: readonly CustomerEntry[];
  users: readonly User[];
}

/** A place in a document: the names of fields and the indexes of lists that lead to it. */
export type DocumentPath = readonly (string | number)[];

/** What is wrong with a document, as a sentence without a full stop, and the place. */
export interface DocumentProblem {
  path: DocumentPath;
  text: string;
}
