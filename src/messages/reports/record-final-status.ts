import type { MessagesDeps } from '../deps.ts';
import { wantsCallbacks } from '../message-id.ts';
import type { FinalRecipient } from '../ports.ts';
import { fallbackOrigin } from './sms-fallback.ts';

/**
 * Passes final statuses on to senders who want callbacks. The status of a fallback chunk is passed on as that of its
 * recipient. Must be done before the status is recorded or acknowledged, so that a crash in between repeats it.
 */
export async function recordFinalStatus(
  finals: readonly FinalRecipient[],
  { messages }: { messages: Pick<MessagesDeps, 'finalStatuses'> },
): Promise<void> {
  const wanted = finals.filter(({ messageId }) => wantsCallbacks(messageId));
  if (wanted.length === 0) return;
  await messages.finalStatuses.record(wanted.map((each) => ({ ...each, ...fallbackOrigin(each.chunk) })));
}
