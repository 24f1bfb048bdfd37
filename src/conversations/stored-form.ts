/*
 * Exports for storage: how conversations are encoded in rows and queue messages, and which of their texts are personal. Only
 * storage imports this file; everybody else uses index.ts.
 */
export { inboundMessagePrivacy } from './inbound-message.ts';
export { currentThreadPrivacy, storedAttachmentPrivacy, threadEntryPrivacy, threadPrivacy } from './ports.ts';
export { conversationKey, conversationKeyOf, isThreadId } from './thread-id.ts';
