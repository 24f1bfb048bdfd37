import { createHash } from 'node:crypto';

import type { ReadHeader } from '../../operation/define-operation.ts';
import { apiError } from '../../operation/errors.ts';
import { isObject } from '../../core/json.ts';

/** Identifies a request, so that a repeat is recognised. */
export interface RequestKey {
  /** Unique within a customer. */
  key: string;
  /** Equal for two requests that ask for the same. */
  fingerprint: string;
  /** How long the key is remembered, in milliseconds. */
  memoryMs: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** 7 days, as the connector's documentation says of RequestId. */
const givenMemoryMs = 7 * dayMs;

/** A day: longer than any platform repeats an action by itself. */
const trackedMemoryMs = dayMs;

const givenLimit = 1_000;
const trackingForm = /^[\w.:-]{1,200}$/;

/**
 * Returns the key of a request: its RequestId; otherwise the header Idempotency-Key; otherwise, if the caller's runtime
 * names the run and the action that call, these together with the fingerprint of the request. Returns undefined if the
 * request has none of these: every such request is a new one, and its content is not hashed.
 *
 * @param byTracking whether the headers of the caller's runtime count
 * @throws InvalidParameter if the Idempotency-Key has more than 1,000 characters
 */
export function requestKeyOf(
  { requestId, requestContent, header }: { requestId: string | undefined; requestContent: unknown; header: ReadHeader },
  byTracking: boolean,
): RequestKey | undefined {
  const given = requestId ?? readGivenKey(header);
  if (given !== undefined) return { key: given, fingerprint: fingerprintOf(requestContent), memoryMs: givenMemoryMs };
  const action = trackingOf(header);
  if (!byTracking || action === undefined) return undefined;
  const fingerprint = fingerprintOf(requestContent);
  // Longer than any RequestId may be, so that no RequestId equals it.
  return { key: `tracked ${action} ${fingerprint}`.padEnd(givenLimit + 1), fingerprint, memoryMs: trackedMemoryMs };
}

function readGivenKey(header: ReadHeader): string | undefined {
  const key = header('idempotency-key')?.trim() ?? '';
  if (key.length > givenLimit) {
    const rule = `must be at most ${givenLimit} characters long`;
    throw apiError('InvalidParameter', { target: 'Idempotency-Key', rule });
  }
  return key === '' ? undefined : key;
}

/**
 * Returns the run and the action that call, as the runtimes of Power Automate and Logic Apps name them in headers. One
 * of the two is not enough: a run has many actions, and the same action occurs in many runs.
 */
function trackingOf(header: ReadHeader): string | undefined {
  const run = header('x-ms-workflow-run-id') ?? header('x-ms-client-tracking-id');
  const action = header('x-ms-action-tracking-id');
  if (run === null || action === null || !trackingForm.test(run) || !trackingForm.test(action)) return undefined;
  return `${run} ${action}`;
}

/** Hashes the content of a request. The order of fields does not matter; the order of lists does. */
export function fingerprintOf(requestContent: unknown): string {
  const canonical = JSON.stringify(requestContent, (_, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('hex');
}
