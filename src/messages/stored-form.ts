/*
 * What storage needs beside the types: how messages are encoded in rows and queue messages, and what of them is personal. Nobody
 * else imports this file; everybody else uses index.ts.
 */
export { packChunk } from './accept/carried-chunk.ts';
export { isFailureReason } from './failure-reasons.ts';
export { forgetHeader, forgetRecipient, forgottenMark } from './forget-recipient.ts';
export { accountOf } from './message-id.ts';
export { chunkPrivacy, journalEntryPrivacy, messageHeaderPrivacy, withProgress } from './message.ts';
export { carrierIdPrivacy, requestUsePrivacy } from './ports.ts';
export { sortChunks } from './reports/sms-fallback.ts';
export { awaitsSending, decodeStatuses, encodeStatuses, isFinal } from './status.ts';
