import type { PrivacyOf } from '../core/privacy.ts';

/**
 * What became of one call. `refused`: the address is one that the app doesn't call, whatever it would answer. `failed`:
 * no answer came, or only part of it.
 */
export type CallOutcome =
  | { outcome: 'answered'; status: number; retryAfterSeconds?: number }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'failed'; reason: string };

/** What a callback answered, or why there was no answer; an operator sees the last one. */
export interface CallbackAnswer {
  /** Absent if there was no answer. */
  status?: number;
  /** One sentence fragment for an operator. */
  detail: string;
  at: Date;
}

/** The words are ours and name no more than a status or a fault of the network. */
export const callbackAnswerPrivacy = { detail: 'technical' } as const satisfies PrivacyOf<CallbackAnswer>;

/** A refusal that may end or disable a subscription when it comes again and again: 404, or 401 and 403. */
export type RefusalKind = 'notFound' | 'unauthorised';

/** What an answer says of the subscriber. `fine` is any answer that is no refusal, `gone` is 410. */
export type AnswerKind = 'fine' | 'gone' | RefusalKind;
