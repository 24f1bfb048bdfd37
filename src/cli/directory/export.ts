import { defineSubcommand } from '../subcommand.ts';
import { openEditor } from './open-editor.ts';

export const exportAll = defineSubcommand({
  name: 'export',
  usage: [''],
  summary: 'Prints the stored directory as a file.',
  operands: 'none',
  options: {},
  async run(_, environment) {
    const { document } = await (await openEditor(environment)).read();
    return [JSON.stringify(document, undefined, 2)];
  },
});
