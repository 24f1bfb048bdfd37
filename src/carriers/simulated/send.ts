import type { OutboundBatch, SendOutcome } from '../../messages/index.ts';
import { callCarrier, neverLeft, whyNoAnswer } from './call-carrier.ts';
import type { CarrierSettings } from './call-carrier.ts';

type Failure = Exclude<SendOutcome, { outcome: 'sent' }>;

/**
 * What a refusal of a whole call means for its recipients. Only a body that the carrier can't accept is for good; a
 * wrong key or address is mended by an operator, and the messages go out then.
 */
const failuresByStatus = new Map<number, Omit<Failure, 'message'>>([
  [400, { outcome: 'rejected', code: 'CarrierRefusedRequest' }],
  [413, { outcome: 'rejected', code: 'CarrierRefusedRequest' }],
  [401, { outcome: 'retry', code: 'CarrierUnauthorised' }],
  [403, { outcome: 'retry', code: 'CarrierUnauthorised' }],
  [429, { outcome: 'retry', code: 'CarrierBusy' }],
]);

function failureOf(status: number, detail: string): Failure {
  const failure = failuresByStatus.get(status) ?? {
    outcome: 'retry',
    code: status >= 500 ? 'CarrierUnavailable' : 'CarrierMisconfigured',
  };
  const sentence = detail === '' ? `The carrier answered ${status}.` : `The carrier answered ${status}: ${detail}`;
  return { ...failure, message: sentence };
}

const outcomesByResult = new Map<unknown, Failure['outcome']>([
  ['rejected', 'rejected'],
  ['throttled', 'retry'],
]);

/** Reads one entry of the answer's results; whatever can't be read leaves the recipient in doubt. */
function parseResult(value: unknown): [id: unknown, outcome: SendOutcome] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { id, result, reference, code, message } = value as Record<string, unknown>;
  if (result === 'accepted') {
    return [id, { outcome: 'sent', ...(typeof reference === 'string' && { carrierReference: reference }) }];
  }
  const outcome = outcomesByResult.get(result);
  if (outcome === undefined || typeof code !== 'string' || typeof message !== 'string') return undefined;
  return [id, { outcome, code, message }];
}

const missing: SendOutcome = {
  outcome: 'unknown',
  code: 'CarrierAnswerIncomplete',
  message: 'The carrier took the call but said nothing of this recipient.',
};

/**
 * Hands a batch to the carrier in one call; one outcome per recipient, in order. Never rejects.
 *
 * @param settings.recognisesRepeats whether it is safe to send ids again that the carrier may have seen
 */
export async function send(
  settings: CarrierSettings & { recognisesRepeats: boolean },
  batch: OutboundBatch,
): Promise<SendOutcome[]> {
  const { messageId, sender, protocol, recipients } = batch;
  const all = (outcome: SendOutcome): SendOutcome[] => recipients.map(() => outcome);
  const messages = recipients.map(({ recipientId, address, content, parts }) => ({
    id: recipientId,
    messageId,
    sender,
    to: address,
    protocol,
    content,
    parts,
  }));

  try {
    const { response, answer } = await callCarrier(settings, '/messages', { messages });
    if (!response.ok) {
      return all(failureOf(response.status, typeof answer['message'] === 'string' ? answer['message'] : ''));
    }
    const results: unknown[] = Array.isArray(answer['results']) ? answer['results'] : [];
    const outcomes = new Map(results.map(parseResult).filter((result) => result !== undefined));
    return recipients.map(({ recipientId }) => outcomes.get(recipientId) ?? missing);
  } catch (error) {
    // The carrier may have the messages, unless the call never left.
    if (neverLeft(error)) return all({ outcome: 'retry', ...whyNoAnswer(error) });
    if (!settings.recognisesRepeats) return all({ outcome: 'unknown', ...whyNoAnswer(error) });
    return all({ outcome: 'retry', mayHaveArrived: true, ...whyNoAnswer(error) });
  }
}
