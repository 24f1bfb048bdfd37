import { expireUnreported } from '../messages/index.ts';
import type { MessageFinder, UnreportedDeps } from '../messages/index.ts';
import { sweepItems } from './sweep-items.ts';
import type { Sweep } from './sweep.ts';

/** What ending unreported recipients works with. */
export interface ExpireUnreportedDeps extends UnreportedDeps {
  /** One for each storage account. */
  messageFinders: readonly MessageFinder[];
}

/** Seconds after the report timeout: the later sweeps find messages that were sent long after they were due. */
const laterSeconds = [0, 12 * 3_600, 7 * 24 * 3_600] as const;

/** Ends as unknown the recipients of whom no delivery report came in time. */
export const unreportedSweeps = laterSeconds.map((later): Sweep<ExpireUnreportedDeps> => ({
  name: `expire-unreported-${later}`,
  ageSeconds: ({ reportTimeoutSeconds }) => reportTimeoutSeconds + later,
  range: 'new',
  everySeconds: ({ reportTimeoutSeconds }) => Math.min(600, Math.ceil(reportTimeoutSeconds / 5)),
  accounts: ({ messageFinders }) => messageFinders.length,
  async step({ span, from, account }, deps) {
    const { items = [], next } = (await deps.messageFinders[account]?.listUnreported(span, from)) ?? {};
    return { ...(await sweepItems(items, (messageId) => expireUnreported(messageId, deps))), next };
  },
}));
