import { create } from './api-keys/create.ts';
import { list } from './api-keys/list.ts';
import { revoke } from './api-keys/revoke.ts';
import { runCommand } from './run-command.ts';

await runCommand({
  name: 'api-keys',
  summary: 'Makes API keys, lists them, and revokes them.',
  subcommands: [create, list, revoke],
});
