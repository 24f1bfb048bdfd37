/*
 * Writes what documents repeat from the code: `npm run docs`. Tables are replaced between their markers; the rest of
 * such a document stays as its authors wrote it. connector/docs/reference.md is generated as a whole; `npm run connector`
 * writes it too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { operations } from '../operations.ts';
import { generatedTables } from './create-docs/generated-tables.ts';
import { replaceTable } from './create-docs/markdown.ts';
import { createReference } from './create-docs/reference.ts';

const root = join(import.meta.dirname, '../..');

for (const { file, marker, table } of generatedTables) {
  const path = join(root, file);
  writeFileSync(path, replaceTable(readFileSync(path, 'utf8'), marker, table()));
}

writeFileSync(join(root, 'connector/docs/reference.md'), createReference(operations));
