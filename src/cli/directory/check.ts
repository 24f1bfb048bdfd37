import { count } from '../../core/plural.ts';
import { defineSubcommand } from '../subcommand.ts';
import { readDirectoryFile } from './read-directory-file.ts';

export const check = defineSubcommand({
  name: 'check',
  usage: ['FILE'],
  summary: 'Lists everything that is wrong with a file, or says that it is in order.',
  operands: 'one',
  options: {},
  run({ operands: [name = ''] }) {
    const { document, problems } = readDirectoryFile(name);
    if (problems.length > 0) throw new Error(problems.join('\n'));
    const customers = count(document.customers.length, 'customer');
    return [`${name} is in order: ${customers}, ${count(document.users.length, 'user')}.`];
  },
});
