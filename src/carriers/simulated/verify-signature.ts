import { createHmac, timingSafeEqual } from 'node:crypto';
import { WebhookRefused, type WebhookRequest } from '../carrier.ts';

// Long enough for a slow network and clocks that differ, short enough to make a recorded call useless.
const maximumAgeMs = 5 * 60 * 1000;

/**
 * Checks that a call comes from the carrier. `x-simulated-signature` must be `sha256=` and the hexadecimal
 * HMAC-SHA-256, with the shared secret, of `x-simulated-timestamp` (Unix seconds), a full stop and the raw body. The
 * timestamp must be within five minutes of `now`.
 *
 * @throws {WebhookRefused} 401 if the signature or the timestamp is wrong
 */
export function verifySignature(request: WebhookRequest, secret: string, now: Date): void {
  const timestamp = request.headers.get('x-simulated-timestamp') ?? '';
  const signature = /^sha256=([0-9a-f]{64})$/.exec(request.headers.get('x-simulated-signature') ?? '')?.[1];
  if (signature === undefined || !/^\d{1,12}$/.test(timestamp)) {
    throw new WebhookRefused(401, 'the signature or its timestamp is missing or malformed');
  }
  const expected = createHmac('sha256', secret).update(`${timestamp}.`).update(request.body).digest();
  if (!timingSafeEqual(expected, Buffer.from(signature, 'hex'))) {
    throw new WebhookRefused(401, 'the signature does not fit the body and the shared secret');
  }
  if (Math.abs(now.getTime() - Number(timestamp) * 1000) > maximumAgeMs) {
    throw new WebhookRefused(401, 'the timestamp is more than five minutes from now');
  }
}
