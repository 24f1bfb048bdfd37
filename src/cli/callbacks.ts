import { list } from './callbacks/list.ts';
import { replay } from './callbacks/replay.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'callbacks',
  summary: 'Shows the calls of a DlrUrl that were given up, and makes them again.',
  subcommands: [list, replay],
});
