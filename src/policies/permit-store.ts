/** A right to call as it is stored; one that was never taken isn't stored and is free. */
export interface StoredRight {
  /** Which of the connection's rights it is, from 0. */
  place: number;
  /** From when on any instance may take it. */
  freeAt: Date;
  /** Changes with every write. */
  version: string;
}

/** A right that is to be taken, or given back early. */
export interface RightChange {
  place: number;
  freeAt: Date;
  /** The version that it was last seen with; absent where it was never taken. */
  version?: string;
}

/** The most rights that one write takes: a transaction of Table Storage holds no more rows. */
export const writeLimit = 100;

/** Keeps the rights of connections, for all instances. Each method is one storage operation. */
export interface RightsStore {
  /** A connection's rights that were ever taken, in no order. */
  list(connection: string): Promise<readonly StoredRight[]>;
  /**
   * Writes from 1 to {@link writeLimit} rights, all or none, and resolves to their versions in the same order; to
   * `conflict` where one of them has another version than was said.
   */
  write(connection: string, changes: readonly RightChange[]): Promise<readonly string[] | 'conflict'>;
}
