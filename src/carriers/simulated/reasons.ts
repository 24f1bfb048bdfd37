import type { FailureReason } from '../../messages/index.ts';

/** Reasons for the carrier's codes. */
const reasons: ReadonlyMap<string, FailureReason> = new Map([
  ['InvalidNumber', 'invalidNumber'],
  ['NumberBarred', 'barred'],
  ['AbsentSubscriber', 'absent'],
  ['ValidityExpired', 'expired'],
  ['TooManyMessages', 'throttled'],
]);

/** Returns the reason for one of the carrier's codes, as a field; no field if the code is unknown. */
export function reasonOf(code: string | undefined): { reason?: FailureReason } {
  const reason = reasons.get(code ?? '');
  return reason === undefined ? {} : { reason };
}
