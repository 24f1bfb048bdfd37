/*
 * What storage needs beside the types: how notifications are encoded in rows and queue messages, and what of them is personal. Nobody
 * else imports this file; everybody else uses index.ts.
 */
export { deadLetterPrivacy, notificationChunkPrivacy, retryNotificationPrivacy } from './notification.ts';
