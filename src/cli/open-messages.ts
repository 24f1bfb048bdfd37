import { readMessageStorage } from '../settings/storage-settings.ts';
import { connectStorage } from '../storage/connection.ts';
import type { StorageConnection } from '../storage/connection.ts';
import { openMessages } from '../storage/open-messages.ts';
import type { MessageAccount } from '../storage/message-accounts.ts';

/**
 * Opens the messages in the storage account of an operator's command, and in the further accounts that
 * MESSAGE_STORAGE_1 and so on name.
 *
 * @throws Error with a sentence for each of these settings that is wrong
 */
export function openOperatorMessages(own: StorageConnection, environment: NodeJS.ProcessEnv): MessageAccount {
  const problems: string[] = [];
  const more = readMessageStorage(environment, problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return openMessages([own, ...more.map(([, account]) => connectStorage(account))]);
}
