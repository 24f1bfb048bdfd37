/**
 * Default leases in seconds: how long a worker may hold work before another worker takes it for dead. `send`: a chunk
 * that it submits; `dlr`: calls of a `DlrUrl`; `flow`: calls of flows. One call takes at most half a minute.
 * LEASE_SECONDS overrides all three.
 */
export const defaultLeases = { send: 120, dlr: 120, flow: 60 } as const;
