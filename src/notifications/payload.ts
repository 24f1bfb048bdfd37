import { inboundIdFor } from '../conversations/index.ts';
import type { RoutedMessage } from '../conversations/index.ts';

/**
 * Returns the JSON that subscribers get for a message, in the form of the trigger's notification schema. An attachment
 * that is not available is included too, with an empty location and the reason.
 *
 * @param publicUrl this app's public address, with the base path
 */
export function payloadOf(message: RoutedMessage, publicUrl: string): string {
  const { id, sender, recipient, content, at, protocol, attachments } = message;
  const { threadId, serviceId, customerId, keyword, parentMessageId } = message;
  return JSON.stringify({
    sender,
    recipient,
    content,
    timestamp: at.toISOString(),
    protocol,
    attachments: attachments.map(({ id: attachmentId, name, mimeType, state, reason }) => ({
      name,
      mimeType,
      resourceLocation: state === 'stored' ? `${publicUrl}/attachments/${attachmentId}` : '',
      ...(state === 'stored' ? {} : { error: reason ?? 'The file is not available.' }),
    })),
    messageId: inboundIdFor(customerId, id),
    threadId,
    serviceId,
    customerId,
    ...(keyword === undefined ? {} : { keyword }),
    ...(parentMessageId === undefined ? {} : { parentMessageId }),
  });
}
