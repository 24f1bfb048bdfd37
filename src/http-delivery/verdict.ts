import type { AnswerKind, CallbackAnswer, CallOutcome } from './call-outcome.ts';

/** What the answer to a callback means: whether to call again, and what it says about the caller's registration. */
export interface Verdict {
  /** `never`: another call would get the same answer. */
  next: 'delivered' | 'retry' | 'never';
  /** What the answer says about the registration; absent if it says nothing. */
  kind?: AnswerKind;
  answer: CallbackAnswer;
  retryAfterSeconds?: number;
}

/** Answers that may change later, and what they say about the registration. */
const refusals = new Map<number, AnswerKind>([
  [401, 'unauthorised'],
  [403, 'unauthorised'],
  [404, 'notFound'],
]);

/** Other statuses after which a later call may succeed: Request Timeout, Too Early, Too Many Requests. */
const temporary: ReadonlySet<number> = new Set([408, 425, 429]);

/** Judges the outcome of a call that ended at `at`. */
export function judgeOutcome(outcome: CallOutcome, at: Date): Verdict {
  if (outcome.outcome === 'failed') return { next: 'retry', answer: { detail: outcome.reason, at } };
  if (outcome.outcome === 'refused') return { next: 'never', answer: { detail: outcome.reason, at } };
  const { status, retryAfterSeconds } = outcome;
  const answer = { status, detail: `answered ${status}`, at };
  if (status >= 200 && status < 300) return { next: 'delivered', kind: 'fine', answer };
  if (status === 410) return { next: 'never', kind: 'gone', answer };
  const refusal = refusals.get(status);
  if (refusal === undefined && status < 500 && !temporary.has(status)) return { next: 'never', kind: 'fine', answer };
  return {
    next: 'retry',
    kind: refusal ?? 'fine',
    answer,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}
