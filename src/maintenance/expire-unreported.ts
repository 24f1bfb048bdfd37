import { expireUnreported } from '../messages/index.ts';
import type { MessageFinder, UnreportedDeps } from '../messages/index.ts';
import { sweepItems } from './sweep-items.ts';
import type { Sweep } from './sweep.ts';

/** Dependencies of ending unreported recipients. */
export type ExpireUnreportedDeps = UnreportedDeps & {
  messages: {
    /** One for each storage account. */
    finders: readonly MessageFinder[];
  };
};

/** Seconds after the report timeout: the later sweeps find messages that were sent long after they were due. */
const laterSeconds = [0, 12 * 3_600, 7 * 24 * 3_600] as const;

/** Ends as unknown the recipients of whom no delivery report came in time. */
export const unreportedSweeps = laterSeconds.map((later): Sweep<ExpireUnreportedDeps> => ({
  name: `expire-unreported-${later}`,
  ageSeconds: ({ messages }) => messages.reportTimeoutSeconds + later,
  range: 'new',
  everySeconds: ({ messages }) => Math.min(600, Math.ceil(messages.reportTimeoutSeconds / 5)),
  accounts: ({ messages }) => messages.finders.length,
  async step({ span, from, account }, deps) {
    const { items = [], next } = (await deps.messages.finders[account]?.listUnreported(span, from)) ?? {};
    return { ...(await sweepItems(items, (messageId) => expireUnreported(messageId, deps))), next };
  },
}));
