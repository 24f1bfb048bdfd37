import type { DeliveryReport, FailureReason } from '../../messages/index.ts';
import type { Failure } from '../call.ts';
import { whatsAppReason } from '../whatsapp-codes.ts';
import type { GraphError } from './graph-error.ts';

/** The outcome for an error. */
interface Meaning {
  outcome: Exclude<Failure['outcome'], 'unknown'>;
  reason: FailureReason;
  retryAfterSeconds?: number;
}

/** Reasons after which another attempt makes sense; all others are final. */
const temporary: ReadonlySet<FailureReason> = new Set(['throttled', 'carrierUnavailable', 'carrierSettings']);

/** How long to wait after certain codes, in seconds. */
const delays: ReadonlyMap<number, number> = new Map([
  // Too many messages were blocked or reported recently. How long the limit lasts is not documented.
  [131048, 600],
  // Too many messages from one number to the same recipient: one in six seconds is safe.
  [131056, 6],
]);

/** Meta's error if the object of a call doesn't exist, or if the token has no access to it. */
const invisibleObject = { code: 100, subcode: 33 };

/** Returns the outcome for an error; undefined if its code is unknown. */
export function meaningOf({ code, subcode }: GraphError): Meaning | undefined {
  const isInvisible = code === invisibleObject.code && subcode === invisibleObject.subcode;
  const reason = isInvisible ? 'carrierSettings' : whatsAppReason(code);
  if (reason === undefined) return undefined;
  const retryAfterSeconds = delays.get(code);
  return {
    outcome: temporary.has(reason) ? 'retry' : 'rejected',
    reason,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** The final statuses of recipients by reason; for any other reason, it is `failed`. */
const endings = new Map<FailureReason, DeliveryReport['status']>([
  ['barred', 'undelivered'],
  ['invalidNumber', 'undelivered'],
  ['recipientCapped', 'undelivered'],
  ['windowClosed', 'rejected'],
  ['optedOut', 'rejected'],
  ['contentRefused', 'rejected'],
  ['templateTrouble', 'rejected'],
]);

/** Returns status and reason for a recipient for whom Meta reports a failure. */
export function endingOf(error: GraphError | undefined): { status: DeliveryReport['status']; reason: FailureReason } {
  const reason = (error === undefined ? undefined : meaningOf(error)?.reason) ?? 'other';
  return { status: endings.get(reason) ?? 'failed', reason };
}
