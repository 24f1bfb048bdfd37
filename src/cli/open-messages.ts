import { readMessageStorage } from '../settings/storage-settings.ts';
import { connectStorage } from '../storage/connection.ts';
import type { StorageConnection } from '../storage/connection.ts';
import { openMessages } from '../storage/open-messages.ts';
import type { MessageAccount } from '../storage/message-accounts.ts';

/**
 * Opens the messages that an operator's command works on: those of the account that it works on, and of the further
 * accounts that MESSAGE_STORAGE_1 and so on name.
 *
 * @throws a sentence where one of these can't be used
 */
export function openOperatorMessages(own: StorageConnection, environment: NodeJS.ProcessEnv): MessageAccount {
  const problems: string[] = [];
  const more = readMessageStorage(environment, problems);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return openMessages([own, ...more.map(([, account]) => connectStorage(account))]);
}
