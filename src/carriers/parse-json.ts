import { WebhookRefused } from './carrier.ts';

/** Reads a webhook call's body as JSON in UTF-8; throws {@link WebhookRefused} with 400 for anything else. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new WebhookRefused(400, 'the body is not JSON');
  }
}
