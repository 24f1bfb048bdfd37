import { routeTemplates } from '../carriers/route-templates.ts';
import type { StorageConnection } from '../storage/connection.ts';
import { createTableDirectory } from '../storage/tables/directory.ts';
import { createTableTemplateStore } from '../storage/tables/template-store.ts';
import { importTemplates } from '../templates/index.ts';
import type { ImportDeps } from '../templates/index.ts';
import { describeImport, describeTemplates } from './describe-templates.ts';
import { openOperatorCarriers } from './open-carriers.ts';
import { runCommand } from './run-command.ts';
import type { CommandOptions } from './run-command.ts';

/* Shows the WhatsApp templates of customers, and takes over those that a number's carrier has. */

const usage = [
  'npm run templates -- list CUSTOMER_ID',
  "npm run templates -- import NUMBER ...   with CARRIERS and the carriers' settings in the environment",
].join('\n');

type Deps = Omit<ImportDeps, 'templates'> & { templates: Pick<ImportDeps['templates'], 'store'> };

function openDeps(storage: StorageConnection): Deps {
  const now = (): Date => new Date();
  return {
    directory: createTableDirectory(storage, { now }),
    templates: { store: createTableTemplateStore(storage) },
    now,
  };
}

async function list(options: CommandOptions, { directory, templates }: Deps): Promise<string[]> {
  const [customerId, ...more] = idsOf(options);
  if (customerId === undefined || more.length > 0) throw new Error(usage);
  if ((await directory.customer(customerId)) === undefined) {
    throw new Error(`The directory has no customer '${customerId}'.`);
  }
  const lines = describeTemplates(await templates.store.list(customerId));
  return lines.length === 0 ? [`${customerId} has no templates.`] : lines;
}

/** One number after the other; what is wrong with one of them keeps none of the others from being imported. */
async function importAll(options: CommandOptions, deps: Deps): Promise<string[]> {
  const numbers = idsOf(options);
  const carrier = routeTemplates(openOperatorCarriers(process.env));
  const lines: string[] = [];
  let isRefused = false;
  for (const number of numbers) {
    const result = await importTemplates(number, { ...deps, templates: { ...deps.templates, carrier } });
    isRefused ||= result.outcome === 'refused';
    lines.push(...describeImport(number, result));
  }
  if (isRefused) throw new Error(lines.join('\n'));
  return lines;
}

function idsOf({ ids, all }: CommandOptions): readonly string[] {
  if (all || ids.length === 0) throw new Error(usage);
  return ids;
}

await runCommand(process.argv.slice(2), {
  usage,
  names: ['list', 'import'],
  actions(storage) {
    const deps = openDeps(storage);
    return { list: (options) => list(options, deps), import: (options) => importAll(options, deps) };
  },
});
