/** A line of the host's log. Levels are those of Azure Functions: trace, debug, information, warning, error, critical. */
export interface LogEntry {
  level: string;
  functionName?: string;
  message: string;
}

/** Takes a line of the host's log. */
export type Log = (entry: LogEntry) => void;

/** What a thrown value says: the stack where there is one. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
