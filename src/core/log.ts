import { isObject } from './json.ts';
import { maskText, printableError } from './redact.ts';

/** Where an invocation writes its log; `InvocationContext` of @azure/functions is one. */
export interface LogWriter {
  log(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** One line of the log, before it is written. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Fields that are not masked: ids and names that operators chose may look like a number; `traceparent` was checked. */
const plainFields = new Set(['customer', 'customerId', 'service', 'serviceId', 'traceparent']);

/**
 * Writes one line of JSON. An entry with an `error` goes to the error log, with the place where it happened. All texts
 * are masked and errors reduced, so that no entry reveals a phone number, a token or a key.
 */
export function writeLog(writer: LogWriter, { error, ...entry }: LogFields): void {
  if (error === undefined) writer.log(print(entry));
  else writer.error(print({ ...entry, error: printableError(error) }));
}

function print(entry: LogFields): string {
  return JSON.stringify(entry, (name, value: unknown) => {
    if (value instanceof Error) return printableError(value);
    return typeof value === 'string' && !plainFields.has(name) ? maskText(value) : value;
  });
}

/** The error that the host gets instead of the original, because the host logs all that it gets. */
class InvocationFailed extends Error {
  constructor({ name }: Pick<Error, 'name'>) {
    super(`${name}; see the previous log line for details.`);
    this.name = 'InvocationFailed';
  }
}

/** Starts a clock. The function that it returns gives the milliseconds since then. */
export function startClock(): () => number {
  const begun = performance.now();
  return () => Math.round(performance.now() - begun);
}

/**
 * Runs an invocation, and logs its result and its duration in milliseconds. If the invocation rejects, logs the error
 * and rejects with another one that reveals nothing, because the host logs it too.
 *
 * @param about fields that are known before the run
 * @param fieldsOf the fields of the result that go to the log
 */
export async function logInvocation<Result>(
  writer: LogWriter,
  about: LogFields,
  invoke: () => Promise<Result>,
  fieldsOf: (result: Result) => LogFields,
): Promise<Result> {
  const durationMs = startClock();
  try {
    const result = await invoke();
    writeLog(writer, { ...about, ...fieldsOf(result), durationMs: durationMs() });
    return result;
  } catch (error) {
    writeLog(writer, { ...about, durationMs: durationMs(), error: error ?? new Error('rejected without a reason') });
    throw new InvocationFailed(printableError(error));
  }
}

const idForms: Readonly<Record<string, RegExp>> = {
  messageId: /^[0-9a-f]{32}$/,
  inboundId: /^i[0-9a-f]{32}$/,
  subscriptionKey: /^[0-9a-f]{32}$/,
  customerId: /^.{1,100}$/,
  serviceId: /^.{1,100}$/,
};

/** Picks the ids from a queue message of this app; returns {} for any other message. */
export function idsOfJob(message: unknown): LogFields {
  if (!isObject(message)) return {};
  const { jobs } = message;
  if (Array.isArray(jobs)) return { jobs: jobs.map(idsOfJob) };
  const ids = Object.entries(message).filter(
    ([name, value]) => typeof value === 'string' && idForms[name]?.test(value),
  );
  return { ...Object.fromEntries(ids), ...(Number.isInteger(message['chunk']) ? { chunk: message['chunk'] } : {}) };
}
