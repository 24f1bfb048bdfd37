import type { CustomerEntry, DirectoryService } from '../../../src/directory/index.ts';
import { testCustomer } from '../labs/kernel.ts';

/** A customer with what a test says of it. */
export function customerEntry(id: string, details: Partial<CustomerEntry> = {}): CustomerEntry {
  return { ...testCustomer, id, services: [], whatsappIdentities: [], ...details };
}

/** A service that receives on an address by SMS, all messages or those with a keyword. */
export function smsService(id: string, address: string, keywords: readonly string[] = []): DirectoryService {
  const receivesOn = { protocol: 'SMS' as const, address, keywords };
  return { id, name: id, type: 'TwoWay', senders: [], allowsReplies: true, receivesOn };
}
