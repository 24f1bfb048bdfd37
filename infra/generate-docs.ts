/*
 * Writes the parts of documents that repeat the code (`npm run docs`). It replaces tables between their markers and
 * leaves the rest of these documents as it is. It generates connector/docs/reference.md as a whole, as `npm run
 * connector` does.
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
