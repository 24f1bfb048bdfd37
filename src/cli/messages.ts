import { cancel } from './messages/cancel.ts';
import { show } from './messages/show.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'messages',
  summary: 'Shows what became of messages, and cancels scheduled ones.',
  subcommands: [show, cancel],
});
