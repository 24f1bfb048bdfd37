import type { OutboundBatch, OutboundRecipient, SendOutcome } from '../../messages/index.ts';
import { isObject } from '../../core/json.ts';
import { answerIncomplete, inDoubt } from '../call.ts';
import { failureOfCall, postToCarrier, smsVersion } from './call-carrier.ts';
import type { Resource } from './call-carrier.ts';
import { failureOfAnswer, failureOfRefusal } from './failures.ts';
import { isRepeatRejected, repeatability, repeatRejected } from './repeatability.ts';

/** Writes a sender as the carrier expects it: a number with a plus, a short code (up to 6 digits) or name unchanged. */
function senderOf(sender: string): string {
  return /^\d{7,}$/.test(sender) ? `+${sender}` : sender;
}

/** Sends one SMS. Never rejects. */
export async function sendSms(
  resource: Resource,
  { sender, attemptedAt }: OutboundBatch,
  { recipientId, address, content }: OutboundRecipient,
): Promise<SendOutcome> {
  const { requestId, firstSent } = repeatability({ recipientId, attemptedAt });
  try {
    const answer = await postToCarrier(resource, `/sms?api-version=${smsVersion}`, {
      from: senderOf(sender),
      smsRecipients: [{ to: `+${address}`, repeatabilityRequestId: requestId, repeatabilityFirstSent: firstSent }],
      message: content,
      smsSendOptions: { enableDeliveryReport: true, tag: recipientId },
    });
    if (answer.status >= 300) return failureOfAnswer(answer, resource.now);
    const { value } = answer.fields;
    return outcomeOf(Array.isArray(value) ? value[0] : undefined, answer.headers, resource.now);
  } catch (error) {
    return failureOfCall(error);
  }
}

/** Reads the recipient's entry in the answer. If the entry can't be read, the message is in doubt. */
function outcomeOf(item: unknown, headers: Headers, now: () => Date): SendOutcome {
  const {
    successful,
    messageId,
    httpStatusCode: status,
    repeatabilityResult,
    errorMessage,
  } = isObject(item) ? item : {};
  const words = typeof errorMessage === 'string' ? errorMessage : '';
  if (isRepeatRejected(repeatabilityResult)) {
    return { ...repeatRejected, message: words || 'The carrier does not accept the repeat of an attempt.' };
  }
  if (successful === true) {
    return {
      outcome: 'sent',
      ...(typeof messageId === 'string' && messageId !== '' && { carrierReference: messageId }),
    };
  }
  if (successful !== false || typeof status !== 'number') return inDoubt(answerIncomplete, { idempotent: true });
  return failureOfRefusal({ status, headers }, words, now);
}
