import { createHash } from 'node:crypto';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** Computes the id that groups a service's subscriptions: 32 hexadecimal digits. */
export function pipelineIdOf({ customerId, serviceId }: { customerId: string; serviceId: string }): string {
  return sha256(JSON.stringify([customerId, serviceId]));
}

/**
 * Computes the key of a subscription within its service, 32 hexadecimal digits, from the callback address without its
 * signature: the platform renews the signature while the flow stays the same.
 */
export function subscriptionKeyOf(callbackUrl: string): string {
  return sha256(withoutSignature(callbackUrl));
}

/** Removes the query parameter `sig` and changes no other byte. */
function withoutSignature(url: string): string {
  const start = url.indexOf('?');
  if (start === -1) return url;
  const parameters = url.slice(start + 1).split('&');
  return `${url.slice(0, start)}?${parameters.filter((parameter) => !/^sig(?:=|$)/.test(parameter)).join('&')}`;
}

/** The parts of an action id. */
export interface ActionId {
  key: string;
  secret: string;
}

/** Returns the action id of a subscription: its key and its secret. */
export function actionIdOf({ key, secret }: ActionId): string {
  return key + secret;
}

/** The inverse of {@link actionIdOf}; undefined if the text is not an action id. */
export function parseActionId(text: string): ActionId | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
  return { key: text.slice(0, 32), secret: text.slice(32) };
}

/** Tells whether a text has the form of a pipeline id. */
export function isPipelineId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}
