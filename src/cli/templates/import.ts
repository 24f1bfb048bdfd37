import { routeTemplates } from '../../carriers/route-templates.ts';
import { createTableDirectory } from '../../storage/tables/directory.ts';
import { createTableTemplateStore } from '../../storage/tables/template-store.ts';
import { importTemplates } from '../../templates/index.ts';
import type { ImportDeps } from '../../templates/index.ts';
import { openOperatorStorage } from '../open-storage.ts';
import { defineSubcommand } from '../subcommand.ts';
import { describeImport } from './describe.ts';
import { openOperatorCarriers } from './open-carriers.ts';

export const importAll = defineSubcommand({
  name: 'import',
  usage: ['NUMBER ...'],
  summary:
    "Takes over the templates of WhatsApp numbers. Needs CARRIERS and the carriers' settings in the environment.",
  operands: 'some',
  options: {},
  /** Imports one number after the other. If one is refused, the others are still imported. */
  async run({ operands: numbers }, environment) {
    const storage = await openOperatorStorage(environment);
    const now = (): Date => new Date();
    const deps: ImportDeps = {
      directory: createTableDirectory(storage, { now }),
      templates: {
        store: createTableTemplateStore(storage),
        carrier: routeTemplates(openOperatorCarriers(environment)),
      },
      now,
    };
    const lines: string[] = [];
    let isRefused = false;
    for (const number of numbers) {
      const result = await importTemplates(number, deps);
      isRefused ||= result.outcome === 'refused';
      lines.push(...describeImport(number, result));
    }
    if (isRefused) throw new Error(lines.join('\n'));
    return lines;
  },
});
