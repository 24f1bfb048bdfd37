import type { DeliveryReport, FailureReason } from '../../messages/index.ts';
import type { Failure } from '../call.ts';
import { whatsAppReason } from '../whatsapp-codes.ts';
import type { GraphError } from './graph-error.ts';

/** What an error comes to. */
interface Meaning {
  outcome: Exclude<Failure['outcome'], 'unknown'>;
  reason: FailureReason;
  retryAfterSeconds?: number;
}

/** Reasons for which another attempt makes sense; anything else is for good. */
const temporary: ReadonlySet<FailureReason> = new Set(['throttled', 'carrierUnavailable', 'carrierSettings']);

/** Seconds after which to ask again, where that is known of a code. */
const delays: ReadonlyMap<number, number> = new Map([
  // Too many that were blocked or reported lately. Nobody says how long that lasts.
  [131048, 600],
  // Too many from one number to the same recipient: one in six seconds is safe.
  [131056, 6],
]);

/** The object of a call doesn't exist, or the token can't see it. */
const invisibleObject = { code: 100, subcode: 33 };

/** What an error means; undefined where its code is not known. */
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

/** How it ends for a recipient; where nothing else is said, sending failed. */
const endings = new Map<FailureReason, DeliveryReport['status']>([
  ['barred', 'undelivered'],
  ['invalidNumber', 'undelivered'],
  ['recipientCapped', 'undelivered'],
  ['windowClosed', 'rejected'],
  ['optedOut', 'rejected'],
  ['contentRefused', 'rejected'],
  ['templateTrouble', 'rejected'],
]);

/** The status of a recipient of whom Meta reports that sending failed, and why. */
export function endingOf(error: GraphError | undefined): { status: DeliveryReport['status']; reason: FailureReason } {
  const reason = (error === undefined ? undefined : meaningOf(error)?.reason) ?? 'other';
  return { status: endings.get(reason) ?? 'failed', reason };
}
