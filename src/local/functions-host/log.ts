/**
 * A line of the host's log. Levels are those of Azure Functions: trace, debug, information, warning, error, critical.
 */
export interface LogEntry {
  level: string;
  functionName?: string;
  message: string;
}

/** Writes a line of the host's log. */
export type Log = (entry: LogEntry) => void;

/** Describes a thrown value: the stack of an error, if it has one, or the value as text. */
export function describeError(error: unknown): string {
  if (error instanceof Error) return error.stack ?? error.message;
  return String(error);
}
