import { WebhookRefused } from './carrier.ts';

/**
 * Parses the body of a webhook call as JSON in UTF-8.
 *
 * @throws {WebhookRefused} 400 if the body is anything else
 */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new WebhookRefused(400, 'the body is not JSON');
  }
}
