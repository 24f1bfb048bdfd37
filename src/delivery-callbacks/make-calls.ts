import type { Verdict } from '../http-delivery/index.ts';
import { judgeOutcome } from '../http-delivery/index.ts';
import { recipientId } from '../messages/index.ts';
import type { Chunk, MessageHeader } from '../messages/index.ts';
import type { CallbackEntry } from './callbacks.ts';
import { callbackUrl } from './callback-url.ts';
import type { CallbackDeps } from './deps.ts';
import { signCall } from './sign-call.ts';

/** Calls under way at the same time. */
const callsAtOnce = 16;

/** A message with a `DlrUrl`, and one of its chunks. */
export interface CalledMessage {
  header: MessageHeader & { dlrUrl: string };
  chunk: Chunk;
}

/** The results of calls. An entry that was not called has no verdict. */
export interface CallsMade {
  /** By recipient index. */
  verdicts: ReadonlyMap<number, Verdict>;
  /** No call of a group got an answer, so the rest were not made: they would only have waited as long. */
  isUnanswered: boolean;
  /** Why no call could be made. */
  signingError?: Error;
}

/**
 * Makes the callbacks that are due, sixteen at a time, those with the fewest attempts first.
 *
 * @param deadline when to stop beginning calls; the first sixteen are made in any case
 */
export async function makeCalls(
  due: readonly CallbackEntry[],
  message: CalledMessage,
  deadline: Date,
  deps: CallbackDeps,
): Promise<CallsMade> {
  const { now } = deps;
  const sign = await signerFor(message.header.customerId, deps);
  if (sign instanceof Error) {
    const verdict: Verdict = { next: 'retry', answer: { detail: sign.message, at: now() } };
    return {
      verdicts: new Map(due.map(({ recipientIndex }) => [recipientIndex, verdict])),
      isUnanswered: false,
      signingError: sign,
    };
  }
  const verdicts = new Map<number, Verdict>();
  const ordered = due.toSorted(
    (left, right) => left.attempts - right.attempts || left.recipientIndex - right.recipientIndex,
  );
  for (let from = 0; from < ordered.length; from += callsAtOnce) {
    if (from > 0 && now() >= deadline) break;
    const answered = await Promise.all(
      ordered.slice(from, from + callsAtOnce).map(async (entry) => {
        const verdict = await call(entry, message, sign, deps);
        verdicts.set(entry.recipientIndex, verdict);
        return verdict;
      }),
    );
    const isUnanswered = answered.every(({ next, answer }) => next === 'retry' && answer.status === undefined);
    if (isUnanswered) return { verdicts, isUnanswered };
  }
  return { verdicts, isUnanswered: false };
}

async function call(
  { recipientIndex, status, code, at }: CallbackEntry,
  { header, chunk }: CalledMessage,
  sign: Signer,
  { dlr, now }: CallbackDeps,
): Promise<Verdict> {
  const { messageId, dlrUrl, customerData } = header;
  const recipient = chunk.recipients[recipientIndex];
  if (recipient === undefined) {
    return { next: 'never', answer: { detail: 'the message has no such recipient', at: now() } };
  }
  const url = callbackUrl(dlrUrl, {
    messageId,
    recipientId: recipientId({ messageId, chunk: chunk.index, recipientIndex }),
    address: recipient.address,
    status,
    ...(code === undefined ? {} : { code }),
    at,
    protocol: chunk.protocol,
    parts: recipient.parts,
    ...(customerData === undefined ? {} : { customerData }),
  });
  return judgeOutcome(await dlr.caller.get(url, sign(url)), now());
}

type Signer = (url: string) => Record<string, string>;

/**
 * Returns a function that signs calls with the customer's secret, or adds no headers if the directory names no secret.
 * Resolves to an error if no call may be made: the customer is unknown, or the secret has no value.
 */
async function signerFor(customerId: string, { directory, dlr, now }: CallbackDeps): Promise<Signer | Error> {
  const customer = await directory.customer(customerId);
  if (customer === undefined) return new Error('the customer is not in the directory');
  const { callbackSecretSetting } = customer;
  if (callbackSecretSetting === undefined) return () => ({});
  const secret = dlr.secret(callbackSecretSetting);
  if (secret === undefined) return new Error(`the setting ${callbackSecretSetting} has no value`);
  return (url) => signCall(url, secret, now());
}
