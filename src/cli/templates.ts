import { runCommand } from './run-command.ts';
import { importAll } from './templates/import.ts';
import { list } from './templates/list.ts';

await runCommand({
  name: 'templates',
  summary: "Shows customers' WhatsApp templates, and takes over those that a number's carrier has.",
  subcommands: [list, importAll],
});
