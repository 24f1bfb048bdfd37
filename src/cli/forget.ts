import { parseArgs } from 'node:util';

import { createBlobAttachmentStore } from '../storage/blobs/attachment-store.ts';
import { forgetPhone } from '../storage/tables/forget-phone.ts';
import type { ForgottenCounts } from '../storage/tables/forget-phone.ts';
import { openOperatorStorage } from './open-storage.ts';

/* Forgets one phone number: deletes what is stored of it, and blanks it where others are concerned. */

const usage = [
  'npm run forget -- PHONE [--opt-outs]         counts what is stored of a number in international form',
  'npm run forget -- PHONE [--opt-outs] --yes   forgets it',
].join('\n');

const labels: Record<keyof ForgottenCounts, string> = {
  contacts: 'rows of group contacts and their failed messages, deleted',
  optOuts: 'opt-outs, deleted',
  recipients: 'parts of messages to the number, in which number, values and text are blanked',
  reports: 'delivery reports that name the number, blanked',
  beingSent: 'parts of messages that are being sent, left as they are: run this again in a few minutes',
  inbound: 'messages from the number, deleted with their attachments',
  unrouted: 'notes of such that no service wanted, deleted',
  notifications: 'notifications of such, deleted',
  deadLetters: 'dead letters of such, deleted',
  conversations: 'conversations with the number, deleted with their threads',
};

async function run(argv: readonly string[]): Promise<readonly string[]> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { yes: { type: 'boolean', default: false }, 'opt-outs': { type: 'boolean', default: false } },
  });
  const [given = '', ...more] = positionals;
  const phone = given.replaceAll(/[\s()+-]/g, '');
  // National forms differ by country, and to forget somebody else's number can't be undone.
  if (more.length > 0 || !/^[1-9]\d{6,14}$/.test(phone))
    throw new Error(`The number must be in international form, such as 358401234567.\n${usage}`);
  const storage = await openOperatorStorage(process.env);
  const attachments = createBlobAttachmentStore(storage);
  const { yes: apply, 'opt-outs': optOuts } = values;
  const counts = await forgetPhone(storage, { phone, apply, optOuts, attachments });
  const names = Object.keys(labels) as (keyof ForgottenCounts)[];
  return [
    ...names.map((name) => `${String(counts[name]).padStart(8)}  ${labels[name]}`),
    optOuts ? '' : 'Opt-outs stay, so that they go on to be honoured; --opt-outs deletes them as well.',
    apply ? 'Done.' : 'Nothing was changed; --yes does it.',
  ].filter((line) => line !== '');
}

try {
  for (const line of await run(process.argv.slice(2))) console.log(line);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
