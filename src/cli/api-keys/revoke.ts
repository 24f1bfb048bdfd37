import { defineSubcommand } from '../subcommand.ts';
import { openDeps } from './deps.ts';
import { revokeApiKeys } from './manage-api-keys.ts';

export const revoke = defineSubcommand({
  name: 'revoke',
  usage: ['ID ...'],
  summary: 'Deletes keys. They may work for another minute.',
  operands: 'some',
  options: {},
  run: async ({ operands }, environment) => revokeApiKeys(operands, await openDeps(environment)),
});
