import type { FailureReason } from '../../messages/index.ts';

/** What the carrier's codes mean. */
const reasons: ReadonlyMap<string, FailureReason> = new Map([
  ['InvalidNumber', 'invalidNumber'],
  ['NumberBarred', 'barred'],
  ['AbsentSubscriber', 'absent'],
  ['ValidityExpired', 'expired'],
  ['TooManyMessages', 'throttled'],
]);

/** The reason that a code of the carrier stands for, as a field; none where the code is not known. */
export function reasonOf(code: string | undefined): { reason?: FailureReason } {
  const reason = reasons.get(code ?? '');
  return reason === undefined ? {} : { reason };
}
