import type { AnswerKind, CallbackAnswer, CallOutcome } from './call-outcome.ts';

/** What a call came to, for the notification and for its subscription. */
export interface Verdict {
  /** `never`: another call would get the same answer. */
  next: 'delivered' | 'retry' | 'never';
  /** What it says of the subscription; absent where it says nothing. */
  kind?: AnswerKind;
  answer: CallbackAnswer;
  retryAfterSeconds?: number;
}

/** Answers that may be another one later; what they say of the subscription comes with them. */
const refusals = new Map<number, AnswerKind>([
  [401, 'unauthorised'],
  [403, 'unauthorised'],
  [404, 'notFound'],
]);

/** Request Timeout, Too Early, Too Many Requests. */
const temporary: ReadonlySet<number> = new Set([408, 425, 429]);

/** Judges what a call came to. */
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
