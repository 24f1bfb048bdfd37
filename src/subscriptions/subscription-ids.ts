import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Names the subscriptions of a service. */
export function pipelineIdOf({ customerId, serviceId }: { customerId: string; serviceId: string }): string {
  return sha256(JSON.stringify([customerId, serviceId]));
}

/**
 * Names a subscription among those of its service: it follows from the callback address without its signature, which
 * the platform renews while the flow stays the same.
 */
export function subscriptionKeyOf(callbackUrl: string): string {
  return sha256(withoutSignature(callbackUrl));
}

/** Drops the query parameter `sig` and leaves every other byte alone. */
function withoutSignature(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const parameters = url.slice(start + 1).split('&');
  return `${url.slice(0, start)}?${parameters.filter((parameter) => !/^sig(?:=|$)/.test(parameter)).join('&')}`;
}

/** What an action id is made of. */
export interface ActionId {
  key: string;
  secret: string;
}

/** The id of what was registered: which subscription it is, and what nobody else can know. */
export function actionIdOf({ key, secret }: ActionId): string {
  return key + secret;
}

/** The inverse of {@link actionIdOf}; undefined for a text that is no action id. */
export function parseActionId(text: string): ActionId | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
  return { key: text.slice(0, 32), secret: text.slice(32) };
}

/** Whether a text has the form of a pipeline id. */
export function isPipelineId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
