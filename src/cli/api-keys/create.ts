import { defineSubcommand } from '../subcommand.ts';
import { openDeps } from './deps.ts';
import { createApiKey } from './manage-api-keys.ts';

export const create = defineSubcommand({
  name: 'create',
  usage: ['--user ID --scopes A,B --name TEXT [--expires TIME]', '--user ID --all-scopes --name TEXT [--expires TIME]'],
  summary: 'Makes a key and prints it, once.',
  operands: 'none',
  options: {
    user: { value: 'ID', help: 'the user of the directory as whom the key acts' },
    scopes: { value: 'A,B', help: 'the scopes of the key' },
    'all-scopes': { help: 'gives the key all scopes' },
    name: { value: 'TEXT', help: 'what you call the key, 1 to 100 characters' },
    expires: { value: 'TIME', help: 'when the key ends, ISO 8601, UTC without an offset; default: never' },
  },
  async run({ values: { 'all-scopes': allScopes = false, ...options } }, environment) {
    return createApiKey({ ...options, allScopes }, await openDeps(environment));
  },
});
