import type { SweepStep } from './sweep.ts';

/** Keeps where sweeps stopped. */
export interface SweepPositions {
  read(name: string): Promise<string | undefined>;
  /** Undefined: it came to its end, and begins anew with the oldest. */
  write(name: string, position: string | undefined): Promise<void>;
}

/** The kinds of rows that are not kept for ever. */
export type ExpiringKind =
  | 'messages'
  | 'inbound'
  | 'unrouted'
  | 'notifications'
  | 'callbacks'
  | 'deadletters'
  | 'threads'
  | 'requests'
  | 'carrierids';

/**
 * Deletes the rows of one page that are older than a moment, with what belongs to them. Harmless if it is repeated, or
 * if two hosts do it at once.
 *
 * @param from where the page begins: what the page before gave
 */
export type DeletePage = (before: Date, from?: string) => Promise<SweepStep>;

/** What deletes rows of each kind: one for each storage account that holds such rows. */
export type ExpiredRows = Readonly<Record<ExpiringKind, readonly DeletePage[]>>;
