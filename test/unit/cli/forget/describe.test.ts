import { expect, test } from 'vitest';

import { describeForgotten } from '../../../../src/cli/forget/describe.ts';

const counts = {
  contacts: 2,
  optOuts: 1,
  recipients: 1,
  reports: 0,
  beingSent: 1,
  inbound: 3,
  unrouted: 1,
  notifications: 2,
  deadLetters: 0,
  conversations: 1,
};

test('counting: says what would be deleted and blanked, and that nothing was changed', () => {
  expect(describeForgotten(counts, { apply: false, optOuts: false })).toEqual([
    '  2 rows of group contacts and of their failed messages: would be deleted',
    '  1 chunk of a message to the number: would be blanked (number, values, and a text that nobody else got)',
    '  0 rows of delivery reports that name the number: would be blanked (the number)',
    '  1 chunk of a message that is being sent: would be skipped (run this again in a few minutes)',
    '  3 inbound messages from the number: would be deleted, with attachments',
    '  1 note of an inbound message that no service wanted: would be deleted',
    '  2 notifications about inbound messages: would be deleted',
    '  0 dead letters about inbound messages: would be deleted',
    '  1 conversation with the number: would be deleted, with threads',
    'Opt-outs stay, so that they remain in force. --opt-outs deletes them, too.',
    'Nothing was changed. Add --yes to forget the number.',
  ]);
});

test('forgetting: says what was done, and opt-outs only with --opt-outs', () => {
  const lines = describeForgotten(counts, { apply: true, optOuts: true });
  expect(lines.slice(0, 2)).toEqual([
    '  2 rows of group contacts and of their failed messages: deleted',
    '  1 opt-out: deleted',
  ]);
  expect(lines.at(-1)).toBe('Done.');
  expect(lines.join('\n')).not.toMatch(/would be|stay/);
  expect(describeForgotten(counts, { apply: true, optOuts: false }).join('\n')).not.toContain('opt-out:');
});
