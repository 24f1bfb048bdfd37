import { defineSubcommand } from '../subcommand.ts';
import { openDeps } from './deps.ts';
import { listApiKeys } from './manage-api-keys.ts';

export const list = defineSubcommand({
  name: 'list',
  usage: [''],
  summary: 'Lists all keys with their ids, names, users, scopes and times, without the keys themselves.',
  operands: 'none',
  options: {},
  run: async (_, environment) => listApiKeys(await openDeps(environment)),
});
