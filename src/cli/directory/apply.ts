import { defineSubcommand } from '../subcommand.ts';
import { applyDirectory } from './apply-directory.ts';
import { openEditor } from './open-editor.ts';
import { readDirectoryFile } from './read-directory-file.ts';

export const apply = defineSubcommand({
  name: 'apply',
  usage: ['FILE [--prune] [--yes]'],
  summary: 'Prints what would change in the stored directory so that it matches a file; with --yes, changes it.',
  operands: 'one',
  options: {
    prune: { help: "removes customers, services and users that the file doesn't name, too" },
    yes: { help: 'writes the changes instead of printing them only' },
  },
  async run({ operands: [name = ''], values: { prune = false, yes = false } }, environment) {
    const file = readDirectoryFile(name);
    // Check the file before opening storage, which a wrong file doesn't need.
    if (file.problems.length > 0) throw new Error(file.problems.join('\n'));
    const { outcome, lines } = await applyDirectory(await openEditor(environment), file, { prune, write: yes });
    if (outcome !== 'done') throw new Error(lines.join('\n'));
    return lines;
  },
});
