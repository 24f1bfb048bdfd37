import { createHmac } from 'node:crypto';
import { WebhookRefused, type WebhookEvents, type WebhookRequest } from '../carrier.ts';
import { isSameSecret } from '../signatures.ts';

/**
 * Checks that a call comes from Meta: `X-Hub-Signature-256` must be `sha256=` and the hexadecimal HMAC-SHA-256 of the
 * raw body with the app's secret (Graph API, "Webhooks": validating payloads).
 *
 * @throws {WebhookRefused} 401 if the signature is missing or wrong
 */
export function verifySignature({ headers, body }: WebhookRequest, appSecret: string): void {
  const signature = headers.get('x-hub-signature-256') ?? '';
  if (!/^sha256=[0-9a-f]{64}$/.test(signature)) {
    throw new WebhookRefused(401, 'the signature is missing or malformed');
  }
  const expected = `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
  if (!isSameSecret(signature, expected)) {
    throw new WebhookRefused(401, "the signature does not fit the body and the app's secret");
  }
}

/**
 * Answers Meta's verification request with its challenge, if the request contains the verify token (Graph API,
 * "Webhooks": validating verification requests).
 *
 * @throws {WebhookRefused} 403 if the token is wrong; 400 if the call is not a verification request
 */
export function answerChallenge(query: string, verifyToken: string): WebhookEvents {
  const fields = new URLSearchParams(query);
  if (!isSameSecret(fields.get('hub.verify_token') ?? '', verifyToken)) {
    throw new WebhookRefused(403, 'the verify token is wrong');
  }
  const challenge = fields.get('hub.challenge') ?? '';
  if (fields.get('hub.mode') !== 'subscribe' || !/^[\w-]{1,200}$/.test(challenge)) {
    throw new WebhookRefused(400, 'the call is not a verification request');
  }
  const answer = { status: 200, headers: { 'content-type': 'text/plain' }, body: challenge };
  return { reports: [], templates: [], inbound: [], answer };
}
