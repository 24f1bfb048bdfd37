export { acceptMessage } from './accept-message.ts';
export { createRecentIds } from './recent-ids.ts';
export { cancelMessage } from './cancel-message.ts';
export type { CancelResult } from './cancel-message.ts';
export { packChunk } from './carried-chunk.ts';
export { isFailureReason } from './failure-reasons.ts';
export type { FailureReason } from './failure-reasons.ts';
export type { MessagingWorld } from './accept-message.ts';
export { foldMessage } from './fold-message.ts';
export type { RecipientState } from './fold-message.ts';
export { forgetRecipient, forgottenMark } from './forget-recipient.ts';
export { getMessageStatus } from './get-message-status.ts';
export type { OptOutsWorld } from './marketing-opt-outs.ts';
export {
  accountLimit,
  accountOf,
  isMessageId,
  mayBeMessageOf,
  newMessageId,
  recipientId,
  wantsCallbacks,
} from './message-id.ts';
export { withProgress } from './message.ts';
export { messageLooks } from './looks.ts';
export type { MessageLooksWorld } from './looks.ts';
export type * from './message.ts';
export type * from './ports.ts';
export { checkText } from './prepare-send.ts';
export type { PreparedSend } from './prepare-send.ts';
export { prepareTextSend } from './prepare-text-send.ts';
export { createReportRecorder } from './record-reports.ts';
export { createReportJournal } from './report-journal.ts';
export type { ReportJournal } from './report-journal.ts';
export { giveUpOutboundChunk, sendOutboundChunk } from './outbound-workers.ts';
export type { SendingWorld } from './sending-world.ts';
export { askedOf, sendDetails } from './send-details.ts';
export {
  customerData,
  parametersOfSends,
  requestId,
  sendBody,
  sendErrors,
  sendingCustomer,
  sentAnswer,
  sentBody,
  sentFields,
} from './send-fields.ts';
export { sendMessage } from './send-message.ts';
export { parseSender, senderAllowed } from './sender.ts';
export type { SenderKind } from './sender.ts';
export type { TemplateSendWorld } from './prepare-template-send.ts';
export { sendWhatsappTemplateMessage } from './send-whatsapp-template-message.ts';
export { sentHeaders } from './send-warnings.ts';
export { sortChunks } from './sms-fallback.ts';
export { normaliseText, splitSms } from './sms-parts.ts';
export { awaitsSending, decodeStatuses, encodeStatuses, isFinal } from './status.ts';
export type { RecipientStatus } from './status.ts';
