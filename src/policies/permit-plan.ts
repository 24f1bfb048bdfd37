/** The span that calls are counted over, in milliseconds. */
export const windowMs = 60_000;

/** How long a right may be kept from other instances without a further write, in milliseconds. */
export const leaseMs = 90_000;

/** How a connection's limit is cut into rights. */
export interface RightsPlan {
  /** How many rights there are. */
  rights: number;
  /** Calls that one right stands for, in 60 seconds. */
  weight: number;
  /** Rights that an instance may keep for calls to come. */
  reserve: number;
}

/** The most rights of a connection: they are read in one page and never thousands at a time. */
const mostRights = 330;

/** Up to this many instances at a time, nobody is refused before {@link fairShare} of the limit. */
const instances = 8;
const fairShare = 0.9;

/**
 * Plans the rights for a limit in calls per 60 seconds: together 10 % more calls than the limit, so that what other
 * instances keep for themselves is not missed. Their reserves are such that 7 others together can't keep a caller from
 * 90 % of the limit. A right of several calls may, besides, be partly used, or free in part only.
 */
export function planRights(limit: number): RightsPlan {
  const calls = limit + Math.floor(limit / 10);
  const weight = Math.ceil(calls / mostRights);
  const rights = Math.floor(calls / weight);
  const kept = rights * weight - Math.ceil(limit * fairShare) + 1;
  const each = Math.floor(kept / (instances - 1) / weight);
  return { rights, weight, reserve: Math.max(0, each - (weight > 1 ? 2 : 0)) };
}
