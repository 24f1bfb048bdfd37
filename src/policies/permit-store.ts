/** A permit to call as it is stored; one that was never taken isn't stored and is free. */
export interface StoredPermit {
  /** Which of the connection's permits it is, from 0. */
  index: number;
  /** From when on any instance may take it. */
  freeAt: Date;
  /** Changes with every write. */
  version: string;
}

/** A permit that is to be taken, or given back early. */
export interface PermitChange {
  index: number;
  freeAt: Date;
  /** The version that it was last seen with; absent where it was never taken. */
  version?: string;
}

/** The most permits that one write takes: a transaction of Table Storage holds no more rows. */
export const writeLimit = 100;

/** Keeps the permits of connections, for all instances. Each method is one storage operation. */
export interface PermitStore {
  /** A connection's permits that were ever taken, in no order. */
  list(connection: string): Promise<readonly StoredPermit[]>;
  /**
   * Writes from 1 to {@link writeLimit} permits, all or none, and resolves to their versions in the same order; to
   * `conflict` where one of them has another version than was said.
   */
  write(connection: string, changes: readonly PermitChange[]): Promise<readonly string[] | 'conflict'>;
}
