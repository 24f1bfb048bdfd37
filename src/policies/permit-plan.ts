/** The span that calls are counted over, in milliseconds. */
export const windowMs = 60_000;

/** How long a permit may be kept from other instances without a further write, in milliseconds. */
export const leaseMs = 90_000;

/** How a connection's limit is cut into permits. */
export interface PermitPlan {
  /** How many permits there are. */
  permits: number;
  /** Calls that one permit stands for, in 60 seconds. */
  weight: number;
  /** Rights that an instance may keep for calls to come. */
  reserve: number;
}

/** The most permits of a connection: they are read in one page and never thousands at a time. */
const maxPermits = 330;

/** Up to this many instances at a time, nobody is refused before {@link fairShare} of the limit. */
const instances = 8;
const fairShare = 0.9;

/**
 * Plans the permits for a limit in calls per 60 seconds: together 10 % more calls than the limit, so that what other
 * instances keep for themselves is not missed. Their reserves are such that 7 others together can't keep a caller from
 * 90 % of the limit. A permit of several calls may, besides, be partly used, or free in part only.
 */
export function planPermits(limit: number): PermitPlan {
  const calls = limit + Math.floor(limit / 10);
  const weight = Math.ceil(calls / maxPermits);
  const permits = Math.floor(calls / weight);
  const kept = permits * weight - Math.ceil(limit * fairShare) + 1;
  const each = Math.floor(kept / (instances - 1) / weight);
  return { permits, weight, reserve: Math.max(0, each - (weight > 1 ? 2 : 0)) };
}
