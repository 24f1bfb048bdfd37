import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';

/** A JSON schema as far as it is read here. */
export interface PublishedSchema {
  id: string;
  definitions: Readonly<Record<string, { properties?: Readonly<Record<string, unknown>> } | undefined>>;
}

/** Microsoft's schemas of a connector's files: README.md says where they come from. */
const files = {
  definition: 'apiDefinition.swagger.schema.json',
  properties: 'paconn-apiProperties.schema.json',
} as const;

/**
 * Reads one of the schemas. Both are JSON with comments.
 * @throws Error where a file is not even that.
 */
export function readPublishedSchema(name: keyof typeof files): PublishedSchema {
  const errors: ParseError[] = [];
  const text = readFileSync(join(import.meta.dirname, files[name]), 'utf8');
  const schema = parse(text, errors, { allowTrailingComma: true }) as PublishedSchema;
  if (errors.length > 0) throw new Error(`${files[name]} is no JSON: ${JSON.stringify(errors)}`);
  return schema;
}
