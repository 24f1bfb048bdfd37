import { describe, expect, test } from 'vitest';

import { checkOperations } from '../../../src/connector/check-operations.ts';
import { connectorFiles } from '../../../src/connector/connector-files.ts';
import { schemaKeywords } from '../../../src/connector/create/schemas.ts';
import { GeneratorError } from '../../../src/connector/generator-error.ts';
import { inHeader, inPath, inQuery } from '../../../src/operation/define-operation.ts';
import type { Operation } from '../../../src/operation/define-operation.ts';
import { flag, list, object, optional, text } from '../../../src/operation/schema.ts';
import type { Dropdown, Schema } from '../../../src/operation/schema.ts';
import { operations } from '../../../src/operations.ts';
import { exampleSettings } from '../../support/samples/connector-settings.ts';
import { readPublishedSchema } from '../../support/schemas/published-schemas.ts';

const label = { title: 'Label', description: 'What it is.' };

const listBooks: Operation<never> = {
  operationId: 'ListBooks',
  method: 'GET',
  path: '/books/{Owner}',
  summary: 'List books',
  description: 'List the books of an owner.',
  scopes: ['Gateway.Send'],
  parameters: {
    Owner: inPath(text(label)),
    Kind: inHeader(optional(text(label))),
    All: inQuery(optional(flag(label))),
  },
  answer: {
    status: 200,
    description: 'The books.',
    schema: object({ books: list(object({ id: text(label), about: object({ name: text(label) }, label) }), label) }),
  },
  errors: [],
  handler: async () => ({ body: undefined }),
};

const dropdown: Dropdown = {
  operationId: 'ListBooks',
  collection: 'books',
  value: 'id',
  title: 'about/name',
  parameters: { Owner: { parameter: 'Owner' }, Kind: 'novel', All: true },
};

const addPage: Operation<never> = {
  operationId: 'AddPage',
  method: 'POST',
  path: '/books/{Owner}/{Book Id}',
  summary: 'Add page',
  description: 'Add a page to a book.',
  scopes: ['Gateway.Send'],
  parameters: { Owner: inPath(text(label)), 'Book Id': inPath(text({ ...label, dropdown })) },
  body: {
    name: 'Request Body',
    description: 'The page.',
    schema: object({ Lines: list(object({ Text: text(label) }), label) }),
  },
  answer: { status: 204, description: 'The page is added.' },
  errors: [],
  handler: async () => ({ body: undefined }),
};

function complaintsAbout(...records: Operation<never>[]): readonly string[] {
  try {
    checkOperations(records);
  } catch (error) {
    if (error instanceof GeneratorError) return error.complaints;
    throw error;
  }
  return [];
}

/** Makes a schema that our builders can't make. */
const raw = (schema: object): Schema => schema;
const withField = (schema: object): Operation<never> => ({
  ...addPage,
  body: { name: 'b', description: 'The page.', schema: object({ Lines: list(object({ Text: raw(schema) }), label) }) },
});
const withDropdown = (change: Partial<Dropdown>): Operation<never> => ({
  ...addPage,
  parameters: { ...addPage.parameters, 'Book Id': inPath(text({ ...label, dropdown: { ...dropdown, ...change } })) },
});
const withParameters = (parameters: Operation<never>['parameters']): Operation<never> => ({ ...addPage, parameters });

test('accepts valid operations, and those of the app', () => {
  expect(complaintsAbout(listBooks, addPage)).toEqual([]);
  expect(complaintsAbout(listBooks, { ...addPage, anonymous: true })).toEqual([]);
  expect(complaintsAbout(...operations)).toEqual([]);
});

test('reports all complaints at once, one a line', () => {
  const spoilt = { ...addPage, summary: '', description: '' };
  expect(() => connectorFiles([listBooks, spoilt], exampleSettings)).toThrow(
    new GeneratorError(['/AddPage: the summary is missing', '/AddPage: the description is missing']),
  );
});

describe('refuses a schema that the connector can not express', () => {
  const place = '/AddPage/body/Lines/items/Text';
  const swagger = 'Swagger 2.0 has no';

  test.each<[object, string]>([
    [{ ...label, anyOf: [{ type: 'string' }, { type: 'number' }] }, `${swagger} keyword 'anyOf'`],
    [{ ...label, oneOf: [] }, `${swagger} keyword 'oneOf'`],
    [{ ...label, type: 'string', const: 'a' }, `${swagger} keyword 'const'`],
    [{ ...label, type: 'string', nullable: true }, `${swagger} keyword 'nullable'`],
    [{ ...label, type: 'object', patternProperties: {} }, `${swagger} keyword 'patternProperties'`],
    [{ ...label, type: 'string', 'x-ms-sumary': 'Text' }, `${swagger} keyword 'x-ms-sumary'`],
    [{ ...label, type: 'string', pattern: '^a' }, "the generator doesn't support the keyword 'pattern'"],
    [label, 'the schema has no type'],
    [{ ...label, type: ['string', 'null'] }, `${swagger} type ["string","null"]`],
    [{ ...label, type: 'null' }, `${swagger} type "null"`],
    [{ ...label, type: 'constructor' }, `${swagger} type "constructor"`],
    [{ ...label, type: 'string', format: 'time' }, 'the type "string" can\'t have the format "time"'],
    [{ ...label, type: 'string', format: 'int32' }, 'the type "string" can\'t have the format "int32"'],
    [{ ...label, type: 'array' }, 'the list has no schema for its items'],
    [{ ...label, type: 'object' }, 'the object has no fields'],
    [{ ...label, type: 'object', properties: {} }, 'the object has no fields'],
    [
      { ...label, type: 'object', properties: { a: text(label) }, additionalProperties: { type: 'string' } },
      'additionalProperties must be true or false',
    ],
    [
      { ...label, type: 'object', properties: { a: text(label) }, required: ['b'] },
      "the required field 'b' is not defined",
    ],
    [{ ...label, type: 'string', enum: [] }, 'the list of choices is empty'],
    [{ ...label, type: 'string', enum: ['a', 1] }, 'the choice 1 is not of type "string"'],
    [{ ...label, type: 'integer', default: 1.5 }, 'the default 1.5 is not of type "integer"'],
    [{ ...label, type: 'string', enum: ['a'], default: 'b' }, 'the default "b" is not one of the choices'],
    [{ type: 'string', description: 'What it is.' }, 'the label (title) is missing'],
    [{ type: 'string', title: ' ', description: 'What it is.' }, 'the label (title) is missing'],
    [{ type: 'string', title: 'Label' }, 'the description is missing'],
    [{ type: 'string', title: 'Label', description: '' }, 'the description is missing'],
    [{ type: 'string', title: 'Label', description: 'What it is' }, 'the description must end with a full stop'],
    [{ type: 'string', title: 'Why?', description: 'Why?' }, 'the description repeats the label'],
  ])('%o', (schema, complaint) => {
    expect(complaintsAbout(listBooks, withField(schema))).toEqual([`${place}: ${complaint}`]);
  });

  test.each<[string, Operation<never>, string]>([
    [
      'in a parameter',
      withParameters({ ...addPage.parameters, Kind: inHeader(raw({ type: 'string' })) }),
      '/AddPage/parameters/Kind: the label (title) is missing',
    ],
    [
      'in an answer',
      { ...addPage, answer: { status: 200, description: 'A page.', schema: raw({ type: 'null' }) } },
      '/AddPage/answer: Swagger 2.0 has no type "null"',
    ],
    [
      'in a labelled list without description',
      { ...addPage, answer: { status: 200, description: 'Pages.', schema: list(text(label), { title: 'Pages' }) } },
      '/AddPage/answer: the description is missing',
    ],
  ])('%s', (_, record, complaint) => {
    expect(complaintsAbout(listBooks, record)[0]).toBe(complaint);
  });
});

describe('refuses an operation that the connector can not express', () => {
  const unlabelled = object({ a: text(label) });

  test.each<[string, Operation<never>, string]>([
    ['an id in camel case', { ...addPage, operationId: 'addPage' }, '/addPage: the operation id must be in PascalCase'],
    [
      'an unknown field',
      { ...addPage, pageable: true } as Operation<never>,
      "/AddPage: the generator doesn't know the field 'pageable' of the operation",
    ],
    [
      'a placeholder without parameter',
      { ...addPage, path: '/books/{Owner}/{Book Id}/{Page}' },
      "/AddPage: the path's placeholder {Page} has no parameter",
    ],
    [
      'a placeholder whose parameter is elsewhere',
      withParameters({ ...addPage.parameters, Owner: inHeader(text(label)) }),
      "/AddPage: the path's placeholder {Owner} has no parameter",
    ],
    [
      'a parameter without placeholder',
      { ...addPage, path: '/books/{Book Id}' },
      "/AddPage: the parameter 'Owner' has no placeholder in the path",
    ],
    [
      'an optional parameter in the path',
      withParameters({ ...addPage.parameters, Owner: inPath(optional(text(label))) }),
      "/AddPage/parameters/Owner: a parameter in the path can't be optional",
    ],
    [
      'an object in a header',
      withParameters({ ...addPage.parameters, Kind: inHeader(object({ a: text(label) }, label)) }),
      "/AddPage/parameters/Kind: a parameter outside the body can't be of type object",
    ],
    [
      'a list in the query',
      withParameters({ ...addPage.parameters, Kind: inQuery(list(text(label), label)) }),
      "/AddPage/parameters/Kind: a parameter outside the body can't be of type array",
    ],
    [
      'a customer for calls without a token',
      { ...addPage, anonymous: true, customer: 'Owner' },
      '/AddPage: an operation that accepts calls without a token must not name a customer or a service',
    ],
    [
      'a service for calls without a token',
      { ...addPage, anonymous: true, service: { parameter: 'Owner', type: 'OneWay' } },
      '/AddPage: an operation that accepts calls without a token must not name a customer or a service',
    ],
    ['a GET with a body', { ...addPage, method: 'GET' }, '/AddPage: a GET has no body'],
    [
      'a body without name',
      { ...addPage, body: { name: '', description: 'The page.', schema: unlabelled } },
      "/AddPage/body: the body's name is missing",
    ],
    [
      'a body without description',
      { ...addPage, body: { name: 'b', description: ' ', schema: unlabelled } },
      "/AddPage/body: the body's description is missing",
    ],
    [
      'an answer without description',
      { ...addPage, answer: { status: 204, description: '' } },
      '/AddPage/answer: the description is missing',
    ],
    [
      'an empty answer with a schema',
      { ...addPage, answer: { status: 204, description: 'Done.', schema: unlabelled } },
      '/AddPage: an answer with status 204 has no schema',
    ],
  ])('%s', (_, record, complaint) => {
    expect(complaintsAbout(listBooks, record)).toEqual([complaint]);
  });

  test('two operations with one id', () => {
    expect(complaintsAbout(listBooks, addPage, { ...addPage, method: 'PUT' })).toEqual([
      '/AddPage: the operation id is used twice',
    ]);
  });

  test('two operations with one method and path', () => {
    expect(complaintsAbout(listBooks, addPage, { ...addPage, operationId: 'AddLeaf' })).toEqual([
      'POST /books/{Owner}/{Book Id}: two operations have this method and path',
    ]);
  });
});

describe('refuses a dropdown that no operation can fill', () => {
  const parameters = { Owner: { parameter: 'Owner' } };

  test.each<[Partial<Dropdown>, string]>([
    [{ operationId: 'ListShelves' }, "there is no operation 'ListShelves' to fill it"],
    [{ parameters: {} }, "'ListBooks' needs 'Owner'"],
    [{ parameters: { ...parameters, Colour: 'red' } }, "'ListBooks' has no parameter 'Colour'"],
    [{ parameters: { Owner: { parameter: 'Reader' } } }, "there is no parameter 'Reader' here"],
    [{ parameters: { Owner: true } }, "'Owner' is of type string, but gets a boolean"],
    [{ parameters: { ...parameters, All: 'yes' } }, "'All' is of type boolean, but gets a string"],
    [{ collection: 'shelves' }, "the answer of 'ListBooks' has no list in 'shelves'"],
    [{ value: 'isbn' }, "the entries of 'ListBooks' have no 'isbn'"],
    [{ title: 'about/title' }, "the entries of 'ListBooks' have no 'about/title'"],
  ])('%o', (change, complaint) => {
    expect(complaintsAbout(listBooks, withDropdown(change))).toEqual([
      `/AddPage/parameters/Book Id: the dropdown is wrong: ${complaint}`,
    ]);
  });

  test('an answer that is not a list', () => {
    const { collection: _, ...rest } = dropdown;
    const record = {
      ...addPage,
      parameters: { Owner: addPage.parameters['Owner']!, 'Book Id': inPath(text({ ...label, dropdown: rest })) },
    };
    expect(complaintsAbout(listBooks, record)).toEqual([
      "/AddPage/parameters/Book Id: the dropdown is wrong: the answer of 'ListBooks' has no list at its root",
    ]);
  });

  test('an answer with another status than 200, which designers ignore', () => {
    const created = { ...listBooks, answer: { ...listBooks.answer, status: 201 as const } };
    expect(complaintsAbout(created, addPage)).toEqual([
      "/AddPage/parameters/Book Id: the dropdown is wrong: the answer of 'ListBooks' has no list in 'books'",
    ]);
  });

  test('in the items of a list in the body', () => {
    const record = withField(text({ ...label, dropdown: { ...dropdown, operationId: 'ListShelves' } }));
    expect(complaintsAbout(listBooks, record)).toEqual([
      "/AddPage/body/Lines/items/Text: the dropdown is wrong: there is no operation 'ListShelves' to fill it",
    ]);
  });
});

describe("the allow-list against Microsoft's schema of the definition", () => {
  const { definitions } = readPublishedSchema('definition');
  const keywordsOf = (name: string): readonly string[] => Object.keys(definitions[name]?.properties ?? {});

  test('every keyword is one that a schema may have', () => {
    const allowed = keywordsOf('schema');
    expect(allowed.length).toBeGreaterThan(20);
    expect(schemaKeywords.filter((keyword) => !allowed.includes(keyword))).toEqual([]);
  });

  test('a parameter may have all of them but what only bodies need', () => {
    const notInParameters = ['title', 'properties', 'additionalProperties', 'x-ms-notification-url'];
    for (const place of ['header', 'query', 'path']) {
      const allowed = keywordsOf(`${place}ParameterSubSchema`);
      expect(schemaKeywords.filter((keyword) => !allowed.includes(keyword))).toEqual(notInParameters);
    }
  });
});
