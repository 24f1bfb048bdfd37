import type { SweepStep } from './sweep.ts';

/** Stores where sweeps stopped. */
export interface SweepPositions {
  read(name: string): Promise<string | undefined>;
  /** Stores a position; undefined if the sweep came to its end and starts over with the oldest rows. */
  write(name: string, position: string | undefined): Promise<void>;
}

/** The kinds of rows that are deleted after a time. */
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
 * Deletes the rows of one page that are older than a moment, with everything that belongs to them. Harmless if it is
 * repeated, or if two hosts do it at once.
 *
 * @param from where the page begins: `next` of the page before
 */
export type DeletePage = (before: Date, from?: string) => Promise<SweepStep>;

/** The functions that delete rows of each kind: one for each storage account that holds such rows. */
export type ExpiredRows = Readonly<Record<ExpiringKind, readonly DeletePage[]>>;
