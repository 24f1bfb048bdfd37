import { wantsCallbacks } from '../message-id.ts';
import type { SettledRecipient, SettlementRecorder } from '../ports.ts';
import { fallbackOrigin } from './sms-fallback.ts';

/**
 * Passes final statuses on where somebody asked for them. What a chunk came to that stands in for a recipient is that
 * recipient's status. To be done before the status is recorded or acknowledged, so that a crash in between repeats it.
 */
export async function settle(
  settled: readonly SettledRecipient[],
  { settlements }: { settlements: SettlementRecorder },
): Promise<void> {
  const wanted = settled.filter(({ messageId }) => wantsCallbacks(messageId));
  if (wanted.length === 0) return;
  await settlements.record(wanted.map((each) => ({ ...each, ...fallbackOrigin(each.chunk) })));
}
