/**
 * How long a worker may hold work before another worker takes it for dead, in seconds: a chunk that it submits (`send`),
 * calls of a `DlrUrl` (`dlr`), calls of flows (`flow`). One call takes half a minute at most. LEASE_SECONDS overrides all
 * three.
 */
export const defaultLeases = { send: 120, dlr: 120, flow: 60 } as const;
