/** Where an invocation writes its log; `InvocationContext` of @azure/functions is one. */
export interface LogWriter {
  log(...values: unknown[]): void;
  error(...values: unknown[]): void;
}

/** Writes one structured line; a failure of ours goes to the error log, with its stack. */
export function writeLog(writer: LogWriter, { error, ...entry }: Readonly<Record<string, unknown>>): void {
  if (error === undefined) {
    writer.log(JSON.stringify(entry));
    return;
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
  writer.error(JSON.stringify({ ...entry, error: reason }));
}
