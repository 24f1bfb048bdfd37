import { createBlobAttachmentStore } from '../../storage/blobs/attachment-store.ts';
import { forgetPhone } from '../../storage/tables/forget-phone.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand, UsageError } from '../subcommand.ts';
import { describeForgotten } from './describe.ts';

export const forget = defineSubcommand({
  usage: ['PHONE [--opt-outs] [--yes]'],
  summary:
    'Counts what is stored of a phone number in international form, such as 358401234567; with --yes, forgets it.',
  operands: 'one',
  options: {
    'opt-outs': { help: 'counts its opt-outs, too; with --yes, deletes them' },
    yes: { help: 'forgets the number instead of counting' },
  },
  async run({ operands: [given = ''], values }, environment) {
    const phone = given.replaceAll(/[\s()+-]/g, '');
    // National forms differ by country, and forgetting somebody else's number can't be undone.
    if (!/^[1-9]\d{6,14}$/.test(phone)) {
      throw new UsageError('The number must be in international form, such as 358401234567.');
    }
    const storage = await openOperatorStorage(environment);
    const attachments = createBlobAttachmentStore(storage);
    const { yes: apply = false, 'opt-outs': optOuts = false } = values;
    return describeForgotten(await forgetPhone(storage, { phone, apply, optOuts, attachments }), { apply, optOuts });
  },
});
