import { errorTable } from './errors.ts';

/** A table inside a document that people write, between two markers. */
export interface GeneratedTable {
  /** Path of the document, from the root of the repository. */
  file: string;
  /** Name of the markers: `errors` stands for `<!-- errors -->` and `<!-- /errors -->`. */
  marker: string;
  /** The table as Markdown. */
  table: () => string;
}

/** Every table that `npm run docs` writes into a document. */
export const generatedTables: readonly GeneratedTable[] = [
  { file: 'connector/docs/errors.md', marker: 'errors', table: errorTable },
];
