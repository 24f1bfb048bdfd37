import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';
import AjvDraft04 from 'ajv-draft-04';
import { describe, expect, test } from 'vitest';

import { readPublishedSchema } from '../support/schemas/published-schemas.ts';

// The schemas have keywords of their own, and names of formats that JSON Schema doesn't know.
const options = { strict: false, allErrors: true, validateFormats: false } as const;
const definition = new AjvDraft04.default(options).compile(readPublishedSchema('definition'));
// This schema is of draft 07, and names itself by the `id` of draft 04, which Ajv refuses.
const { id: _, ...propertiesSchema } = readPublishedSchema('properties');
const properties = new Ajv(options).compile(propertiesSchema);

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../../connector', name), 'utf8');

function complaints(validate: ValidateFunction, text: string): readonly string[] {
  validate(JSON.parse(text));
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, JSON.stringify(params)].join(' '),
  );
}

describe("Microsoft's schemas", () => {
  test.each([
    ['apiDefinition.swagger.json', definition],
    ['apiProperties.json', properties],
  ])('accept connector/%s', (name, validate) => {
    expect(complaints(validate, read(name))).toEqual([]);
  });

  test('accept connector/apiProperties.update.json but for a redirect mode that is newer than they are', () => {
    const text = read('apiProperties.update.json').replace('"GlobalPerConnector"', '"Global"');
    expect(complaints(properties, text)).toEqual([]);
  });

  test.each([
    ['an unknown visibility', '"x-ms-visibility": "important"', '"x-ms-visibility": "hidden"'],
    ['an unknown place of a parameter', '"in": "header"', '"in": "cookie"'],
    ['an unknown extension', '"x-ms-dynamic-values": {', '"x-ms-dynamic-value": {'],
    ['another version of Swagger', '"swagger": "2.0"', '"swagger": "3.0"'],
  ])('refuse a definition with %s', (_, from, to) => {
    const text = read('apiDefinition.swagger.json');
    expect(text).toContain(from);
    expect(complaints(definition, text.replace(from, to))).not.toEqual([]);
  });

  test.each([
    ['an unknown kind of connection parameter', '"type": "oauthSetting"', '"type": "oauthSettings"'],
    ['no colour', '"iconBrandColor"', '"iconColor"'],
  ])('refuse properties with %s', (_, from, to) => {
    const text = read('apiProperties.json');
    expect(text).toContain(from);
    expect(complaints(properties, text.replace(from, to))).not.toEqual([]);
  });
});
