/** A permit as it is stored. A permit that was never taken isn't stored, and is free. */
export interface StoredPermit {
  /** The permit's number within its connection, from 0. */
  index: number;
  /** From then on, any instance may take the permit. */
  freeAt: Date;
  /** Changes with every write. */
  version: string;
}

/** A permit to take, or to give back early. */
export interface PermitChange {
  index: number;
  freeAt: Date;
  /** The version that the instance knows; absent if it knows of no stored permit. */
  version?: string;
}

/** The largest number of permits in one write: a transaction of Table Storage holds no more rows. */
export const writeLimit = 100;

/** Stores the permits of connections, for all instances. Each method is one storage operation. */
export interface PermitStore {
  /** Lists a connection's stored permits, in no order. */
  list(connection: string): Promise<readonly StoredPermit[]>;
  /**
   * Writes from 1 to {@link writeLimit} permits, all or none. Resolves to their new versions in the same order, or to
   * `conflict` if the stored version of one of them differs from the given one.
   */
  write(connection: string, changes: readonly PermitChange[]): Promise<readonly string[] | 'conflict'>;
}
