import { isObject } from './json.ts';
import { maskText, printableError } from './redact.ts';

/** Where an invocation writes its log; `InvocationContext` of @azure/functions is one. */
export interface LogWriter {
  log(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** One line of the log, before it is written. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Not masked: what an operator named in the directory, which may look like anything, and what was checked before. */
const plainFields = new Set(['customer', 'customerId', 'service', 'serviceId', 'traceparent']);

/**
 * Writes one line of JSON; a failure of ours goes to the error log, with where it happened. Whatever an entry holds,
 * texts are masked and errors made fit to be shown, so that no entry can tell a phone number, a token or a key.
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

/** What goes on to the host in place of the error, since the host logs whatever it gets. */
class InvocationFailed extends Error {
  constructor({ name }: Pick<Error, 'name'>) {
    super(`${name}; the line before this one says more.`);
    this.name = 'InvocationFailed';
  }
}

/** Begins to measure; the result tells how many milliseconds went by since. */
export function startClock(): () => number {
  const begun = performance.now();
  return () => Math.round(performance.now() - begun);
}

/**
 * Runs an invocation, and logs what it came to and how long it took in milliseconds. What it rejects with is logged as
 * well, and another error goes on to the host that tells nothing.
 *
 * @param about what is known before it is run
 * @param fieldsOf what the log gets of the result
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
    writeLog(writer, { ...about, durationMs: durationMs(), error: error ?? new Error('nothing was said') });
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

/** The ids that a queue message names, where it is one of ours. */
export function idsOfJob(message: unknown): LogFields {
  if (!isObject(message)) return {};
  const { jobs } = message;
  if (Array.isArray(jobs)) return { jobs: jobs.map(idsOfJob) };
  const ids = Object.entries(message).filter(
    ([name, value]) => typeof value === 'string' && idForms[name]?.test(value),
  );
  return { ...Object.fromEntries(ids), ...(Number.isInteger(message['chunk']) ? { chunk: message['chunk'] } : {}) };
}
