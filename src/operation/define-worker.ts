/** A queue worker: the queue it listens to, and what it does with a message. */
export interface Worker<Deps> {
  name: string;
  queue: string;
  /** True: each storage account for messages has the queue. Absent: only the app's own account has it. */
  perAccount?: true;
  /**
   * Handles one message, parsed from JSON. Resolves to fields for the log; rejects to have the queue deliver it again.
   */
  handle: (message: unknown, deps: Deps) => Promise<Readonly<Record<string, unknown>>>;
}
