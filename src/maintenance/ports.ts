/** What one step of a sweep did. */
export interface SweepStep {
  deleted: number;
  /** Where the next step goes on; absent at the end. */
  next?: string;
}

/** Goes through one kind of stored data, and deletes what is older than a moment. */
export interface Sweep {
  /** Names it in the log, and its position among those of other sweeps. */
  name: string;
  /** The fewest days that such data is kept, where something needs it for so long. */
  minDays?: number;
  /** Does a bounded piece of work: about one page of rows. Harmless when repeated, or done twice at a time. */
  step(before: Date, from?: string): Promise<SweepStep>;
}

/** Keeps where sweeps stopped. */
export interface SweepPositions {
  read(name: string): Promise<string | undefined>;
  /** Undefined: it came to its end, and begins anew with the oldest. */
  write(name: string, position: string | undefined): Promise<void>;
}
