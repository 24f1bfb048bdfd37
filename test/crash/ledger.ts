/** A recipient in the answer to a send. */
export interface LedgerRecipient {
  id: string;
  address: string;
}

/** A send that a caller requested, and the answers to it. */
export interface Send {
  /** The request id. The text holds it too, so that each message at the carrier names its send. */
  key: string;
  kind: string;
  /** Whether the send has a DlrUrl. */
  wantsDlr: boolean;
  /** The message ids of all answers that accepted it; there must be only one. */
  messageIds: Set<string>;
  recipients: readonly LedgerRecipient[];
  /** The answer that refused it for good. */
  refused?: string;
}

/** The actions of callers and phones. */
export interface Ledger {
  sends: Send[];
  /** The texts of inbound messages that the carrier accepted. */
  written: string[];
  /** How often calls had each answer: a status, or `broken` with the reason. */
  answers: Map<string, number>;
}

/** Creates an empty ledger. */
export function createLedger(): Ledger {
  return { sends: [], written: [], answers: new Map() };
}

/** Adds to the count of a name. */
export function count(counts: Map<string, number>, name: string, more = 1): void {
  counts.set(name, (counts.get(name) ?? 0) + more);
}
