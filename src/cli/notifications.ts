import { list } from './notifications/list.ts';
import { replay } from './notifications/replay.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'notifications',
  summary: 'Shows the notifications that were given up (the dead letters), and delivers them again.',
  subcommands: [list, replay],
});
