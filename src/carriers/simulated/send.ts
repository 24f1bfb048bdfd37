import type { OutboundBatch, SendOutcome } from '../../messages/index.ts';
import { answerIncomplete, failureOfNoAnswer, failureOfStatus, inDoubt } from '../call.ts';
import type { Failure } from '../call.ts';
import { postToCarrier } from './call-carrier.ts';
import type { CarrierSettings } from './call-carrier.ts';
import { reasonOf } from './reasons.ts';

const outcomesByResult = new Map<unknown, Failure['outcome']>([
  ['rejected', 'rejected'],
  ['throttled', 'retry'],
]);

/** Reads one entry of the answer's results; returns undefined if it can't, which leaves the recipient in doubt. */
function parseResult(value: unknown): [id: unknown, outcome: SendOutcome] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, result, reference, code, message } = value as Record<string, unknown>;
  if (result === 'accepted') {
    return [id, { outcome: 'sent', ...(typeof reference === 'string' && { carrierReference: reference }) }];
  }
  const outcome = outcomesByResult.get(result);
  if (outcome === undefined || typeof code !== 'string' || typeof message !== 'string') return undefined;
  return [id, { outcome, code, message, ...reasonOf(code) }];
}

/**
 * Submits a batch in one call. Resolves to one outcome per recipient, in order. Never rejects.
 *
 * @param settings.recognisesRepeats whether it is safe to submit ids again that the carrier may have seen
 */
export async function send(
  settings: CarrierSettings & { recognisesRepeats: boolean; now: () => Date },
  batch: OutboundBatch,
): Promise<SendOutcome[]> {
  const { messageId, sender, protocol, buttons, recipients } = batch;
  const about = { idempotent: settings.recognisesRepeats, now: settings.now };
  const all = (outcome: SendOutcome): SendOutcome[] => recipients.map(() => outcome);
  const messages = recipients.map(({ recipientId, address, content, parts }) => ({
    id: recipientId,
    messageId,
    sender,
    to: address,
    protocol,
    content,
    parts,
    ...(buttons === undefined ? {} : { buttons }),
  }));

  try {
    const answer = await postToCarrier(settings, '/messages', { messages });
    const { status, fields } = answer;
    if (status >= 300) {
      return all(failureOfStatus(answer, typeof fields['message'] === 'string' ? fields['message'] : '', about));
    }
    const results: unknown[] = Array.isArray(fields['results']) ? fields['results'] : [];
    const outcomes = new Map(results.map(parseResult).filter((result) => result !== undefined));
    return recipients.map(({ recipientId }) => outcomes.get(recipientId) ?? inDoubt(answerIncomplete, about));
  } catch (error) {
    return all(failureOfNoAnswer(error, about));
  }
}
