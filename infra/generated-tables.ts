import { carrierKinds } from '../src/carriers/carrier-kinds.ts';
import { errorTable } from '../src/connector/create-docs/errors.ts';
import { localSettings } from '../src/local/local-settings.ts';
import { settingsTable } from '../src/settings/settings-table.ts';
import { describeSettings } from './describe-settings.ts';

/** A table inside a document that people write, between two markers. */
interface GeneratedTable {
  /** The path of the document from the root of the repository. */
  file: string;
  /** The name of the markers: `errors` for `<!-- errors -->` and `<!-- /errors -->`. */
  marker: string;
  /** The table as Markdown. */
  table: () => string;
}

/** Every table that `npm run docs` writes into a document. */
export const generatedTables: readonly GeneratedTable[] = [
  { file: 'connector/docs/errors.md', marker: 'errors', table: errorTable },
  { file: 'infra/docs/settings.md', marker: 'settings', table: () => describeSettings(settingsTable) },
  { file: 'src/local/README.md', marker: 'settings', table: () => describeSettings(localSettings) },
  ...carrierKinds.map((kind) => ({
    file: `src/carriers/${kind.name}/README.md`,
    marker: 'settings',
    table: () => describeSettings(kind.settingsTable),
  })),
];
