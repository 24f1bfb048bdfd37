import { isObject } from '../../core/json.ts';
import { failureOfStatus, inDoubt } from '../call.ts';
import type { CarrierAnswer, Failure } from '../call.ts';
import { refusalReasons } from './reasons.ts';

/** Reads the carrier's explanation: `{error:{code,message}}`, or the problem details of its gateway. */
function detailOf({ error, title, message }: CarrierAnswer['fields']): { code?: string; words: string } {
  const { code, message: detail } = isObject(error) ? error : {};
  const words = [detail, message, title].find((text) => typeof text === 'string') ?? '';
  return typeof code === 'string' && /^\w+$/.test(code) ? { code, words } : { words };
}

/** Turns an answer that refuses a call into a failure. */
export function failureOfAnswer(answer: CarrierAnswer, now: () => Date): Failure {
  const { code, words } = detailOf(answer.fields);
  const failure = failureOfRefusal(answer, words, now);
  return code === undefined ? failure : { ...failure, code };
}

/** Turns the refusal of a call, or of one recipient in it, into a failure with the carrier's words. */
export function failureOfRefusal(
  answer: Pick<CarrierAnswer, 'status' | 'headers'>,
  words: string,
  now: () => Date,
): Failure {
  const about = { idempotent: true, now };
  // The carrier answers 409 to a repeat while the first attempt is still in progress.
  if (answer.status === 409)
    return inDoubt({ code: 'CarrierConflict', message: `The carrier answered 409: ${words}` }, about);
  const failure = failureOfStatus(answer, words, about);
  if (failure.outcome !== 'rejected') return failure;
  const reason = refusalReasons.find(([pattern]) => pattern.test(words))?.[1];
  return reason === undefined ? failure : { ...failure, reason };
}
