import type { OutboundBatch, OutboundRecipient, SendOutcome } from '../../messages/index.ts';
import { isObject } from '../../core/json.ts';
import { answerIncomplete, inDoubt } from '../call.ts';
import { failureOfCall, messagesVersion, postToCarrier } from './call-carrier.ts';
import type { Resource } from './call-carrier.ts';
import { failureOfAnswer } from './failures.ts';
import { isRepeatRejected, repeatability, repeatRejected } from './repeatability.ts';
import { templateContent } from './template-content.ts';

/** Sends one WhatsApp message, a text or a template. Never rejects. */
export async function sendWhatsApp(
  resource: Resource,
  { sender, template, attemptedAt }: OutboundBatch,
  { recipientId, address, content }: OutboundRecipient,
): Promise<SendOutcome> {
  const channel = resource.channels.get(sender);
  if (channel === undefined) {
    const message = `ACS_CHANNELS names no channel for the number ${sender}.`;
    return { outcome: 'retry', code: 'CarrierChannelUnknown', message, reason: 'carrierSettings' };
  }
  const { requestId, firstSent } = repeatability({ recipientId, attemptedAt });
  try {
    const answer = await postToCarrier(
      resource,
      `/messages/notifications:send?api-version=${messagesVersion}`,
      {
        channelRegistrationId: channel,
        to: [`+${address}`],
        ...(template === undefined
          ? { kind: 'text', content }
          : { kind: 'template', template: templateContent(template) }),
      },
      { 'repeatability-request-id': requestId, 'repeatability-first-sent': firstSent },
    );
    if (answer.status >= 300) return failureOfAnswer(answer, resource.now);
    if (isRepeatRejected(answer.headers.get('repeatability-result'))) {
      return { ...repeatRejected, message: 'The carrier does not accept the repeat of an attempt.' };
    }
    const { receipts } = answer.fields;
    const [receipt] = Array.isArray(receipts) ? receipts : [];
    const { messageId } = isObject(receipt) ? receipt : {};
    // Without an id, no report could be matched to the recipient. A repeat brings the first answer once more.
    if (typeof messageId !== 'string' || messageId === '') return inDoubt(answerIncomplete, { idempotent: true });
    return { outcome: 'sent', carrierReference: messageId, reportedByReference: true };
  } catch (error) {
    return failureOfCall(error);
  }
}
