import { createHmac } from 'node:crypto';

/**
 * Returns the headers that prove to the receiver that we make the call, and when: an HMAC-SHA256 over the Unix time in
 * seconds, a dot and the whole address.
 */
export function signCall(url: string, secret: string, now: Date): Record<string, string> {
  const timestamp = String(Math.floor(now.getTime() / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.${url}`).digest('hex');
  return { 'X-Timestamp': timestamp, 'X-Signature': `sha256=${signature}` };
}
