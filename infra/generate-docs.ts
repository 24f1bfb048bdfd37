/*
 * Writes what documents repeat from the code: `npm run docs`. Tables are replaced between their markers; the rest of
 * such a document stays as its authors wrote it. connector/docs/reference.md is generated as a whole; `npm run connector`
 * writes it too.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { replaceTable } from '../src/connector/create-docs/markdown.ts';
import { createReference } from '../src/connector/create-docs/reference.ts';
import { operations } from '../src/operations.ts';
import { generatedTables } from './generated-tables.ts';

const root = join(import.meta.dirname, '..');

for (const { file, marker, table } of generatedTables) {
  const path = join(root, file);
  writeFileSync(path, replaceTable(readFileSync(path, 'utf8'), marker, table()));
}

writeFileSync(join(root, 'connector/docs/reference.md'), createReference(operations));
