export { acceptMessage, delayUntil, maxDelaySeconds } from './accept/accept-message.ts';
export { createRecentIds } from './accept/recent-ids.ts';
export { cancelMessage } from './cancel-message.ts';
export type { CancelResult } from './cancel-message.ts';
export type { FailureReason } from './failure-reasons.ts';
export { foldMessage } from './reports/fold-message.ts';
export type { RecipientState } from './reports/fold-message.ts';
export { getMessageStatus } from './get-message-status.ts';
export { accountLimit, isMessageId, mayBeMessageOf, newMessageId, recipientId } from './message-id.ts';
export type * from './deps.ts';
export type * from './message.ts';
export type * from './outbound-carrier.ts';
export type * from './ports.ts';
export { checkText } from './compose/prepare-send.ts';
export type { PreparedSend } from './compose/prepare-send.ts';
export { prepareTextSend } from './compose/prepare-text-send.ts';
export { expireUnreported } from './reports/expire-unreported.ts';
export type { ReportJournal } from './reports/report-journal.ts';
export { createReportRecorder } from './reports/record-reports.ts';
export { giveUpOutboundChunk, sendOutboundChunk } from './deliver/outbound-workers.ts';
export { requestOf, sendDetails } from './send-details.ts';
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
export { parseSender, senderAllowed } from './compose/sender.ts';
export type { SenderKind } from './compose/sender.ts';
export { sendWhatsappTemplateMessage } from './send-whatsapp-template-message.ts';
export { sentHeaders } from './send-warnings.ts';
export { normaliseText, splitSms } from './compose/sms-parts.ts';
export type { RecipientStatus } from './status.ts';
