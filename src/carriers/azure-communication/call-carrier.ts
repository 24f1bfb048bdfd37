import { callCarrier, failureOfNoAnswer, startCall } from '../call.ts';
import type { CallInit, CarrierAnswer, Failure, HttpDeps } from '../call.ts';
import { signRequest } from './sign-request.ts';

/** Versions of the two APIs, as Microsoft's specifications name them. */
export const smsVersion = '2026-01-23';
export const messagesVersion = '2024-08-30';

/** The scope of the managed identity's tokens. */
const scope = 'https://communication.azure.com/.default';

/** How to reach the resource. */
export interface Resource extends HttpDeps {
  endpoint: string;
  accessKey?: string;
  channels: ReadonlyMap<string, string>;
  getToken: (scope: string) => Promise<string>;
  now: () => Date;
}

/** The app's identity got no token, so the carrier was not called. */
export class TokenUnavailable extends Error {
  constructor(cause: unknown) {
    super(`There is no token for the app's identity: ${cause instanceof Error ? cause.message : String(cause)}`);
    this.name = 'TokenUnavailable';
  }
}

async function authorised(resource: Resource, url: string, init: CallInit & { body?: string }): Promise<CallInit> {
  const { accessKey, getToken, now } = resource;
  if (accessKey !== undefined) {
    const signed = signRequest({ method: init.method, url, body: init.body ?? '' }, accessKey, now());
    return { ...init, headers: { ...init.headers, ...signed } };
  }
  const token = await getToken(scope).catch((error: unknown) => {
    throw new TokenUnavailable(error);
  });
  return { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } };
}

/** Gets an address of the resource, without reading the answer's body. Rejects like {@link readFromCarrier}. */
export async function askCarrier(resource: Resource, url: string): Promise<Response> {
  return startCall(resource, url, await authorised(resource, url, { method: 'GET' }));
}

/** Gets an address of the resource. Rejects as `callCarrier` does, or with {@link TokenUnavailable}. */
export async function readFromCarrier(resource: Resource, url: string): Promise<CarrierAnswer> {
  return callCarrier(resource, url, await authorised(resource, url, { method: 'GET' }));
}

/** Posts JSON to the resource. Rejects as `callCarrier` does, or with {@link TokenUnavailable}. */
export async function postToCarrier(
  resource: Resource,
  path: string,
  body: Readonly<Record<string, unknown>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<CarrierAnswer> {
  const url = `${resource.endpoint}${path}`;
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  } as const;
  return callCarrier(resource, url, await authorised(resource, url, init));
}

/** Turns the error of a call into a failure. A call without a token was never made. */
export function failureOfCall(error: unknown): Failure {
  if (!(error instanceof TokenUnavailable)) return failureOfNoAnswer(error, { idempotent: true });
  return { outcome: 'retry', code: 'CarrierTokenUnavailable', message: error.message, reason: 'carrierSettings' };
}
