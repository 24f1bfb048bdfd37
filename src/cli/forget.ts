import { forget } from './forget/forget.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'forget',
  summary: 'Forgets a phone number: deletes what is stored of it, and blanks it in messages that others got, too.',
  subcommands: [forget],
});
