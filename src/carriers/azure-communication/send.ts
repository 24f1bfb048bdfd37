import type { OutboundBatch, SendOutcome } from '../../messages/index.ts';
import type { Resource } from './call-carrier.ts';
import { sendSms } from './send-sms.ts';
import { sendWhatsApp } from './send-whatsapp.ts';

/** The maximum number of calls in progress at once. */
const callsAtOnce = 16;

/** Reasons that concern the carrier, the connection or the settings, and not one recipient. */
const commonReasons = new Set<unknown>(['carrierUnavailable', 'carrierSettings', 'throttled']);

/**
 * Submits a batch with one call for each recipient. Resolves to one outcome per recipient, in order. Never rejects.
 *
 * One call for SMS could take a hundred recipients, but only one text and one tag for all of them, and a report names
 * its recipient by the tag and the number. The app would have to find the recipient by the carrier's id of the message:
 * a write to storage for each recipient and a read for each report, and nothing to find if the answer with the ids was
 * lost. With a call for each recipient, the tag is our id of the recipient. That costs no noticeable time, since the
 * limits allow as many calls as recipients (see capabilities.ts), and a batch may contain the same number twice.
 *
 * If a call fails in a way that concerns all recipients, the remaining calls are not made. A carrier that answered 429
 * must not be called again at once, and a carrier that doesn't answer would keep the worker longer than its lease.
 */
export async function send(resource: Resource, batch: OutboundBatch): Promise<SendOutcome[]> {
  const sendOne = batch.protocol === 'SMS' ? sendSms : sendWhatsApp;
  const outcomes: SendOutcome[] = [];
  const waiting = batch.recipients.entries();
  let common: SendOutcome | undefined;
  const work = async (): Promise<void> => {
    // All workers share one iterator.
    for (const [index, recipient] of waiting) {
      const outcome = common ?? (await sendOne(resource, batch, recipient));
      outcomes[index] = outcome;
      common ??= commonFailure(outcome);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  return outcomes;
}

/** Makes the outcome for recipients whose call is skipped after this outcome; undefined if the calls continue. */
function commonFailure(outcome: SendOutcome): SendOutcome | undefined {
  if (outcome.outcome !== 'retry' || !commonReasons.has(outcome.reason)) return undefined;
  const { mayHaveArrived: _, ...failure } = outcome;
  return { ...failure, message: `Not called, because another call failed: ${failure.message}` };
}
