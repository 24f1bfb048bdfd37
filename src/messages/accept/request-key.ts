import { createHash } from 'node:crypto';

import type { ReadHeader } from '../../operation/define-operation.ts';
import { apiError } from '../../operation/errors.ts';
import { isObject } from '../../core/json.ts';

/** What tells a repeat of a request from another one. */
export interface RequestKey {
  /** Unique within a customer. */
  key: string;
  /** Equal for two requests that ask for the same. */
  fingerprint: string;
  /** How long it is remembered, in milliseconds. */
  memoryMs: number;
}

const dayMs = 24 * 60 * 60 * 1000;

/** 7 days, as the connector's documentation says of RequestId. */
const givenMemoryMs = 7 * dayMs;

/** Longer than any platform repeats an action by itself. */
const trackedMemoryMs = dayMs;

const givenLimit = 1_000;
const trackingForm = /^[\w.:-]{1,200}$/;

/**
 * The key of a request: its RequestId, else the header Idempotency-Key, else, where the caller's runtime sends which run
 * and which action of it is calling, these together with the fingerprint of the request. Undefined where there is none
 * of these: then every request is a new one, and nothing is made of what it asks for. Refuses an Idempotency-Key that is
 * too long.
 *
 * @param byTracking whether the headers of the caller's runtime count
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
  // A RequestId can't be taken for one of these: it is at most as long as this is longer.
  return { key: `tracked ${action} ${fingerprint}`.padEnd(givenLimit + 1), fingerprint, memoryMs: trackedMemoryMs };
}

function readGivenKey(header: ReadHeader): string | undefined {
  const key = header('idempotency-key')?.trim() ?? '';
  if (key.length > givenLimit) {
    const rule = `must be at most ${givenLimit} characters long`;
    throw apiError('InvalidParameter', { place: 'header', target: 'Idempotency-Key', rule });
  }
  return key === '' ? undefined : key;
}

/**
 * The run and the action of it that call, as the runtimes of Power Automate and Logic Apps name them. One of the two is
 * not enough: a run has many actions, and the same action comes in many runs.
 */
function trackingOf(header: ReadHeader): string | undefined {
  const run = header('x-ms-workflow-run-id') ?? header('x-ms-client-tracking-id');
  const action = header('x-ms-action-tracking-id');
  if (run === null || action === null || !trackingForm.test(run) || !trackingForm.test(action)) return undefined;
  return `${run} ${action}`;
}

/** Equal for two requests that ask for the same, in whatever order their fields stand. */
export function fingerprintOf(requestContent: unknown): string {
  const canonical = JSON.stringify(requestContent, (_, value: unknown) =>
    isObject(value)
      ? Object.fromEntries(Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(canonical).digest('hex');
}
