import type {
  CustomerEntry,
  DirectoryDocument,
  DirectoryPlan,
  DirectoryService,
} from '../../../src/directory/index.ts';
import { planDirectory } from '../../../src/directory/index.ts';
import type { DirectoryEditor, WriteOutcome } from '../../../src/storage/tables/directory-editor.ts';
import { testCustomer } from './kernel.ts';

/** A customer with what a test says of it. */
export function customerEntry(id: string, details: Partial<CustomerEntry> = {}): CustomerEntry {
  return { ...testCustomer, id, services: [], whatsappIdentities: [], ...details };
}

/** A service that receives on an address by SMS, all messages or those with a keyword. */
export function smsService(id: string, address: string, keywords: readonly string[] = []): DirectoryService {
  const receivesOn = { protocol: 'SMS' as const, address, keywords };
  return { id, name: id, type: 'TwoWay', senders: [], allowsReplies: true, receivesOn };
}

/** A plan for what is stored now, and what came of it. */
export async function writeDirectory(
  editor: DirectoryEditor,
  document: DirectoryDocument,
  { prune = true }: { prune?: boolean } = {},
): Promise<{ plan: DirectoryPlan; result: WriteOutcome }> {
  const stored = await editor.read();
  const plan = planDirectory(stored.document, document, { prune });
  return { plan, result: await editor.write(stored, plan) };
}
