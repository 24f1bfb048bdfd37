/** When a lease that begins at `from` ends. */
export function leaseEnd(from: Date, leaseSeconds: number): Date {
  return new Date(from.getTime() + leaseSeconds * 1_000);
}

/**
 * Throws while another worker may still have the work, so that the queue brings the job back later: the worker that
 * failed last left its lease behind, and a job that went back to its own queue for that would never be given up.
 */
export function refuseLeased(leasedUntil: Date | undefined, now: Date): void {
  if (leasedUntil !== undefined && leasedUntil > now) {
    throw new Error(`another worker holds the lease until ${leasedUntil.toISOString()}`);
  }
}
