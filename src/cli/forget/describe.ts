import { count } from '../../core/plural.ts';
import type { ForgottenCounts } from '../../storage/tables/forget-phone.ts';

interface Kind {
  one: string;
  many: string;
  /** What forgetting does to them, as a participle. */
  fate: string;
}

const kinds: Record<keyof ForgottenCounts, Kind> = {
  contacts: {
    one: 'row of a group contact or of its failed messages',
    many: 'rows of group contacts and of their failed messages',
    fate: 'deleted',
  },
  optOuts: { one: 'opt-out', many: 'opt-outs', fate: 'deleted' },
  recipients: {
    one: 'chunk of a message to the number',
    many: 'chunks of messages to the number',
    fate: 'blanked (number, values, and a text that nobody else got)',
  },
  reports: {
    one: 'row of delivery reports that name the number',
    many: 'rows of delivery reports that name the number',
    fate: 'blanked (the number)',
  },
  beingSent: {
    one: 'chunk of a message that is being sent',
    many: 'chunks of messages that are being sent',
    fate: 'skipped (run this again in a few minutes)',
  },
  inbound: {
    one: 'inbound message from the number',
    many: 'inbound messages from the number',
    fate: 'deleted, with attachments',
  },
  unrouted: {
    one: 'note of an inbound message that no service wanted',
    many: 'notes of inbound messages that no service wanted',
    fate: 'deleted',
  },
  notifications: {
    one: 'notification about an inbound message',
    many: 'notifications about inbound messages',
    fate: 'deleted',
  },
  deadLetters: {
    one: 'dead letter about an inbound message',
    many: 'dead letters about inbound messages',
    fate: 'deleted',
  },
  conversations: {
    one: 'conversation with the number',
    many: 'conversations with the number',
    fate: 'deleted, with threads',
  },
};

/** Describes what was or would be forgotten about a number. Mentions opt-outs only if the operator asked for them. */
export function describeForgotten(
  counts: ForgottenCounts,
  { apply, optOuts }: { apply: boolean; optOuts: boolean },
): string[] {
  const names = (Object.keys(kinds) as (keyof ForgottenCounts)[]).filter((name) => optOuts || name !== 'optOuts');
  return [
    ...names.map((name) => {
      const { one, many, fate } = kinds[name];
      return `  ${count(counts[name], one, many)}: ${apply ? fate : `would be ${fate}`}`;
    }),
    ...(optOuts ? [] : ['Opt-outs stay, so that they remain in force. --opt-outs deletes them, too.']),
    apply ? 'Done.' : 'Nothing was changed. Add --yes to forget the number.',
  ];
}
