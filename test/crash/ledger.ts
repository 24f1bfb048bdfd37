/** A recipient as the answer to a send names it. */
export interface LedgerRecipient {
  id: string;
  address: string;
}

/** A send that somebody wanted, and what they were told. */
export interface Send {
  /** What makes a repeat of it harmless; it stands in the text as well, so that a phone's message tells its send. */
  key: string;
  kind: string;
  /** Whether an address was given that is to be called with the final status of each recipient. */
  tellsDlr: boolean;
  /** From each answer that accepted it: one and the same, if all is well. */
  messageIds: Set<string>;
  recipients: readonly LedgerRecipient[];
  /** An answer that refused it for good. */
  refused?: string;
}

/** What callers and phones did. */
export interface Ledger {
  sends: Send[];
  /** Texts that phones wrote, which the carrier took. */
  written: string[];
  /** How callers' attempts were answered: by status, or `broken`. */
  answers: Map<string, number>;
}

/** One with nothing in it. */
export function createLedger(): Ledger {
  return { sends: [], written: [], answers: new Map() };
}

/** Adds one to what is counted under a name. */
export function count(counts: Map<string, number>, name: string, more = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}
