import { createTableDirectory } from '../../storage/tables/directory.ts';
import { createTableTemplateStore } from '../../storage/tables/template-store.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { describeTemplates } from './describe.ts';

export const list = defineSubcommand({
  name: 'list',
  usage: ['CUSTOMER_ID'],
  summary: "Lists a customer's templates.",
  operands: 'one',
  options: {},
  async run({ operands: [customerId = ''] }, environment) {
    const storage = await openOperatorStorage(environment);
    const directory = createTableDirectory(storage, { now: () => new Date() });
    if ((await directory.customer(customerId)) === undefined) {
      throw new Error(`The directory has no customer '${customerId}'.`);
    }
    const lines = describeTemplates(await createTableTemplateStore(storage).list(customerId));
    return lines.length === 0 ? [`${customerId} has no templates.`] : lines;
  },
});
