/*
 * What storage needs beside the types: how conversations are encoded in rows and queue messages, and what of them is personal. Nobody
 * else imports this file; everybody else uses index.ts.
 */
export { inboundMessagePrivacy } from './inbound-message.ts';
export { currentThreadPrivacy, storedAttachmentPrivacy, threadEntryPrivacy, threadPrivacy } from './ports.ts';
export { conversationKey, conversationKeyOf, isThreadId } from './thread-id.ts';
