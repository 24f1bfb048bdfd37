import type { FailureReason, SendOutcome } from '../messages/index.ts';
import { isObject } from '../core/json.ts';
import { readRetryAfter } from '../core/retry-after.ts';

/** How carriers are called. */
export interface HttpDeps {
  fetch: typeof fetch;
  /** How long a call may take, its answer's body included. */
  timeoutMs: number;
}

/** What a call may say. */
export interface CallInit {
  method: 'GET' | 'POST' | 'DELETE';
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** An answer that was read to its end. */
export interface CarrierAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The fields of a JSON object; none where the text is anything else. */
  fields: Readonly<Record<string, unknown>>;
}

/** A call that can't be made as the settings have it: a header would hold what no header may. */
class ImpossibleCall extends Error {
  constructor() {
    super('A setting of the carrier holds a character that its calls may not have.');
    this.name = 'ImpossibleCall';
  }
}

/** Checks headers before they are sent. What the runtime says of a bad one repeats it, and it may be a password. */
function checkHeaders(headers: CallInit['headers']): void {
  try {
    // oxlint-disable-next-line no-new
    new Headers(headers);
  } catch {
    throw new ImpossibleCall();
  }
}

/** Calls a carrier, without reading the answer's body. Rejects where no answer comes in time. */
export async function startCall({ fetch, timeoutMs }: HttpDeps, url: string, init: CallInit): Promise<Response> {
  checkHeaders(init.headers);
  // A redirect would carry credentials elsewhere.
  return fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
}

/** Calls a carrier and reads its answer. Rejects where that does not come, to its end, in time. */
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

/** What the network says where no connection came about. */
const connectionFailures = new Set<unknown>([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  // Nothing is written before the certificate is accepted.
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Whether a call that was rejected with this certainly never reached the carrier. */
function neverLeft(error: unknown): boolean {
  if (error instanceof ImpossibleCall) return true;
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return false;
  // Of a port that fetch never calls (fetch.spec.whatwg.org, "bad port"), the runtime gives no code.
  return cause.message === 'bad port' || connectionFailures.has((cause as NodeJS.ErrnoException).code);
}

/** Why no answer arrived, from what a call rejected with: a code and a sentence. */
export function whyNoAnswer(error: unknown): { code: string; message: string } {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return { code: 'CarrierTimeout', message: 'The carrier did not answer in time.' };
  }
  if (error instanceof ImpossibleCall) return { code: 'CarrierMisconfigured', message: error.message };
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const detail = cause instanceof Error ? cause.message : String(cause);
  return { code: 'CarrierUnreachable', message: `The carrier can't be reached: ${detail}` };
}

/** A failure of which nobody knows whether the carrier has the message all the same. */
export function inDoubt(failure: { code: string; message: string }, { idempotent }: { idempotent: boolean }): Failure {
  return idempotent
    ? { outcome: 'retry', mayHaveArrived: true, reason: 'carrierUnavailable', ...failure }
    : { outcome: 'unknown', reason: 'inDoubt', ...failure };
}

/** What a call that was rejected comes to. */
export function failureOfSilence(error: unknown, carrier: { idempotent: boolean }): Failure {
  const failure = whyNoAnswer(error);
  if (!neverLeft(error)) return inDoubt(failure, carrier);
  const reason = error instanceof ImpossibleCall ? 'carrierSettings' : 'carrierUnavailable';
  return { outcome: 'retry', reason, ...failure };
}

/** An answer that agrees, and says nothing of the recipient. */
export const answerIncomplete = {
  code: 'CarrierAnswerIncomplete',
  message: 'The carrier took the call but said nothing of this recipient.',
} as const;

/**
 * What a refusal means that the carrier explains in no way that we know. Only a body that the carrier can't accept is
 * for good; a wrong key or address is mended by an operator, and the messages go out then.
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
 * What an answer means that refuses a call. Of one that broke down (500, 502, 504) nobody knows what became of it.
 *
 * @param detail the carrier's own words, or none
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
