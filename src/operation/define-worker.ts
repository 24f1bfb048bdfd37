/** The record of a queue worker: which queue it listens to, and what it does with a message. */
export interface Worker<Deps> {
  name: string;
  queue: string;
  /** The queue is there once in each storage account for messages; absent: in the app's own account only. */
  perAccount?: true;
  /** Gets the message as parsed JSON. Resolves to what happened, for the log; rejects to have the message again. */
  handle: (message: unknown, deps: Deps) => Promise<Readonly<Record<string, unknown>>>;
}
