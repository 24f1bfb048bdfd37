/*
 * Exports for storage: how notifications are encoded in rows and queue messages, and which of their texts are personal. Only
 * storage imports this file; everybody else uses index.ts.
 */
export { deadLetterPrivacy, notificationChunkPrivacy, retryNotificationPrivacy } from './notification.ts';
