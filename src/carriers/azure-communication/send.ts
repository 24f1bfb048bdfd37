import type { OutboundBatch, SendOutcome } from '../../messages/index.ts';
import type { Resource } from './call-carrier.ts';
import { sendSms } from './send-sms.ts';
import { sendWhatsApp } from './send-whatsapp.ts';

/** Calls that are under way together. */
const callsAtOnce = 16;

/** What is wrong with the carrier, the way to it or its settings, rather than with one recipient. */
const commonReasons = new Set<unknown>(['carrierUnavailable', 'carrierSettings', 'throttled']);

/**
 * Hands a batch to the carrier, one call for each recipient; one outcome per recipient, in order. Never rejects.
 *
 * A call for SMS could take a hundred recipients, but only one text and one tag for all of them, and its report names a
 * recipient by the tag and the number. Whose report it is would then have to be looked up by the carrier's id of the
 * message: a write to storage for each recipient and a read for each report, and nothing to find where the answer with
 * the ids was lost. With a call of its own, the tag is our id of the recipient. It costs no time that matters, since the
 * limits allow as many calls as recipients (see capabilities.ts), and the same number may stand in a batch twice.
 *
 * Once a call shows that the next would end the same way, no more are begun: a carrier that says 429 is not to be asked
 * again at once, and a carrier that is silent would keep the worker longer than its lease.
 */
export async function send(resource: Resource, batch: OutboundBatch): Promise<SendOutcome[]> {
  const sendOne = batch.protocol === 'SMS' ? sendSms : sendWhatsApp;
  const outcomes: SendOutcome[] = [];
  const waiting = batch.recipients.entries();
  let common: SendOutcome | undefined;
  const work = async (): Promise<void> => {
    // All workers draw from one iterator.
    for (const [index, recipient] of waiting) {
      const outcome = common ?? (await sendOne(resource, batch, recipient));
      outcomes[index] = outcome;
      common ??= commonFailure(outcome);
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  return outcomes;
}

/** What those get whose call is not made after one that ended like this; undefined where the others are called. */
function commonFailure(outcome: SendOutcome): SendOutcome | undefined {
  if (outcome.outcome !== 'retry' || !commonReasons.has(outcome.reason)) return undefined;
  const { mayHaveArrived: _, ...failure } = outcome;
  return { ...failure, message: `Not called, since another call ended so: ${failure.message}` };
}
