/** The time over which calls are counted, in milliseconds. */
export const windowMs = 60_000;

/** How long a permit may be kept from other instances without a further write, in milliseconds. */
export const leaseMs = 90_000;

/** How a connection's limit is cut into permits. */
export interface PermitPlan {
  /** How many permits there are. */
  permits: number;
  /** Calls that one permit stands for, in 60 seconds. */
  weight: number;
  /** Permits that an instance may keep for later calls. */
  reserve: number;
}

/** The largest number of permits of a connection, so that one page of a query holds them all. */
const maxPermits = 330;

/** With up to this many instances, the throttle refuses nobody below {@link fairShare} of the limit. */
const instances = 8;
const fairShare = 0.9;

/**
 * Plans the permits for a limit in calls per 60 seconds. The permits allow 10 % more calls than the limit, to make up
 * for those that other instances keep in reserve. The reserve is so small that 7 other instances together can't keep a
 * caller from 90 % of the limit. If a permit stands for several calls, the reserve is 2 permits smaller, since such a
 * permit may be partly used.
 */
export function planPermits(limit: number): PermitPlan {
  const calls = limit + Math.floor(limit / 10);
  const weight = Math.ceil(calls / maxPermits);
  const permits = Math.floor(calls / weight);
  const kept = permits * weight - Math.ceil(limit * fairShare) + 1;
  const each = Math.floor(kept / (instances - 1) / weight);
  return { permits, weight, reserve: Math.max(0, each - (weight > 1 ? 2 : 0)) };
}
