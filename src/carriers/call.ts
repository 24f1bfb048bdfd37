import type { FailureReason, SendOutcome } from '../messages/index.ts';
import { isObject } from '../core/json.ts';
import { readRetryAfter } from '../core/retry-after.ts';

/** What calls to a carrier depend on. */
export interface HttpDeps {
  fetch: typeof fetch;
  /** How long a call may take in milliseconds, including the body of the answer. */
  timeoutMs: number;
}

/** A request to a carrier, without its address. */
export interface CallInit {
  method: 'GET' | 'POST' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** An answer whose body was read to its end. */
export interface CarrierAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The fields of the body if it is a JSON object; otherwise empty. */
  fields: Readonly<Record<string, unknown>>;
}

/** A call that can't be made, because a setting would put a forbidden character into a header. */
class ImpossibleCall extends Error {
  constructor() {
    super('A setting of the carrier contains a character that a header must not have.');
    this.name = 'ImpossibleCall';
  }
}

/** Checks headers before `fetch` does: the runtime's error repeats the value, which may be a password. */
function checkHeaders(headers: CallInit['headers']): void {
  try {
    // oxlint-disable-next-line no-new
    new Headers(headers);
  } catch {
    throw new ImpossibleCall();
  }
}

/** Calls a carrier without reading the answer's body. Rejects if no answer comes in time. */
export async function startCall({ fetch, timeoutMs }: HttpDeps, url: string, init: CallInit): Promise<Response> {
  checkHeaders(init.headers);
  // A redirect would carry credentials elsewhere.
  return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
}

/** Calls a carrier and reads its answer. Rejects if the whole answer doesn't come in time. */
export async function callCarrier(http: HttpDeps, url: string, init: CallInit): Promise<CarrierAnswer> {
  const response = await startCall(http, url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, fields: fieldsOf(text) };
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? { ...value } : {};
  } catch {
    return {};
  }
}

/** An outcome that is not `sent`. */
export type Failure = Exclude<SendOutcome, { outcome: 'sent' }>;

/** Error codes of calls for which no connection was established. */
const connectionFailures = new Set<unknown>([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  // Nothing is sent before the certificate is accepted.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Whether an error proves that the call never reached the carrier. */
function neverLeft(error: unknown): boolean {
  if (error instanceof ImpossibleCall) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return false;
  // For a port that fetch never calls (fetch.spec.whatwg.org, "bad port"), the runtime gives no code.
  return cause.message === 'bad port' || connectionFailures.has((cause as NodeJS.ErrnoException).code);
}

/** Describes the error of a call without an answer: a code, and a sentence for an operator. */
export function whyNoAnswer(error: unknown): { code: string; message: string } {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { code: 'CarrierTimeout', message: 'The carrier did not answer in time.' };
  }
  if (error instanceof ImpossibleCall) return { code: 'CarrierMisconfigured', message: error.message };
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return { code: 'CarrierUnreachable', message: `The carrier can't be reached: ${detail}` };
}

/**
 * Makes the failure of a call after which the message is in doubt: the carrier may have it. If the carrier is
 * idempotent, the outcome is to retry; otherwise it is `unknown`.
 */
export function inDoubt(failure: { code: string; message: string }, { idempotent }: { idempotent: boolean }): Failure {
  return idempotent
    ? { outcome: 'retry', mayHaveArrived: true, reason: 'carrierUnavailable', ...failure }
    : { outcome: 'unknown', reason: 'inDoubt', ...failure };
}

/** Turns the error of a call without an answer into a failure. The message is in doubt unless the call never left. */
export function failureOfNoAnswer(error: unknown, carrier: { idempotent: boolean }): Failure {
  const failure = whyNoAnswer(error);
  if (!neverLeft(error)) return inDoubt(failure, carrier);
  const reason = error instanceof ImpossibleCall ? 'carrierSettings' : 'carrierUnavailable';
  return { outcome: 'retry', reason, ...failure };
}

/** The failure for a successful answer that doesn't mention the recipient. */
export const answerIncomplete = {
  code: 'CarrierAnswerIncomplete',
  message: 'The carrier accepted the call, but its answer does not name this recipient.',
} as const;

/**
 * What a status means if the carrier gives no code that we know. Only a body that the carrier can't accept ends a
 * message. A wrong key or address can be fixed by an operator, and the messages are sent then.
 */
const failuresByStatus = new Map<number, { outcome: Failure['outcome']; code: string; reason: FailureReason }>([
  [400, { outcome: 'rejected', code: 'CarrierRefusedRequest', reason: 'contentRefused' }],
  [413, { outcome: 'rejected', code: 'CarrierRefusedRequest', reason: 'contentRefused' }],
  [422, { outcome: 'rejected', code: 'CarrierRefusedRequest', reason: 'contentRefused' }],
  [401, { outcome: 'retry', code: 'CarrierUnauthorised', reason: 'carrierSettings' }],
  [403, { outcome: 'retry', code: 'CarrierUnauthorised', reason: 'carrierSettings' }],
  [429, { outcome: 'retry', code: 'CarrierBusy', reason: 'throttled' }],
  [503, { outcome: 'retry', code: 'CarrierUnavailable', reason: 'carrierUnavailable' }],
]);

/**
 * Turns the status of a refused call into a failure. After a status from 500, except 503, the message is in doubt.
 *
 * @param detail the carrier's own words; empty if it gave none
 */
export function failureOfStatus(
  { status, headers }: Pick<CarrierAnswer, 'status' | 'headers'>,
  detail: string,
  { idempotent, now }: { idempotent: boolean; now: () => Date },
): Failure {
  const message = detail === '' ? `The carrier answered ${status}.` : `The carrier answered ${status}: ${detail}`;
  const known = failuresByStatus.get(status);
  if (known === undefined) {
    if (status >= 500) return inDoubt({ code: 'CarrierBrokeDown', message }, { idempotent });
    if (status < 300) return inDoubt(answerIncomplete, { idempotent });
    return { outcome: 'retry', code: 'CarrierMisconfigured', reason: 'carrierSettings', message };
  }
  const retryAfterSeconds = readRetryAfter(headers.get('retry-after') ?? undefined, now());
  return { ...known, message, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}
