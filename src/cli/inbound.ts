import { reroute } from './inbound/reroute.ts';
import { unrouted } from './inbound/unrouted.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'inbound',
  summary: 'Shows the inbound messages that no service wanted, and routes them again.',
  subcommands: [unrouted, reroute],
});
