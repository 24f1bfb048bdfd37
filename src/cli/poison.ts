import { list } from './poison/list.ts';
import { requeue } from './poison/requeue.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'poison',
  summary: 'Shows how many messages are in the poison queues, and puts them back on their queues.',
  subcommands: [list, requeue],
});
