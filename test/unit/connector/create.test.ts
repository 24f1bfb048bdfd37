import { describe, expect, test } from 'vitest';

import { createApiProperties } from '../../../src/connector/create/api-properties.ts';
import { createDefinition } from '../../../src/connector/create/document.ts';
import { createDropdown } from '../../../src/connector/create/dropdowns.ts';
import { createParameters } from '../../../src/connector/create/parameters.ts';
import { createPaths } from '../../../src/connector/create/paths.ts';
import { createResponses } from '../../../src/connector/create/responses.ts';
import { createSchema } from '../../../src/connector/create/schemas.ts';
import type {
  ApiProperties,
  ConnectorDefinition,
  DropdownExtensions,
  PathItem,
  ResponseObject,
  SchemaObject,
} from '../../../src/connector/create/types.ts';
import { defineOperation, inHeader, inPath, inQuery } from '../../../src/operation/define-operation.ts';
import type { Operation } from '../../../src/operation/define-operation.ts';
import {
  asJsonSchema,
  choice,
  flag,
  freeObject,
  integer,
  list,
  object,
  optional,
  text,
  timestamp,
} from '../../../src/operation/schema.ts';
import { exampleSettings } from '../../support/samples/connector-settings.ts';

const note = text({ title: 'Note Id', description: 'Identifier of the note.' });

const getNote = defineOperation({
  operationId: 'GetNote',
  method: 'GET',
  path: '/notes/{Note-Id}',
  summary: 'Get note',
  description: 'Get a note by its id.',
  visibility: 'internal',
  scopes: ['Group.Management', 'Gateway.Send'],
  parameters: { 'Note-Id': inPath(note) },
  answer: { status: 200, description: 'The note.', schema: note },
  errors: ['MessageNotFound'],
  handler: async () => ({ body: '' }),
});

const addNote = defineOperation({
  operationId: 'AddNote',
  method: 'POST',
  path: '/notes/{Note-Id}',
  summary: 'Add note',
  description: 'Add a note to a book.',
  scopes: ['Gateway.Send'],
  parameters: {
    'Note-Id': inPath(note),
    Customer: inHeader(text({ title: 'Customer', description: 'Who keeps the book.' })),
    Service: inQuery(optional(text({ title: 'Service', description: 'What keeps the book.' }))),
  },
  body: {
    name: 'Request Body',
    description: 'The note.',
    schema: object({ due: timestamp({ title: 'Due', description: 'When the note is due.' }) }),
  },
  answer: { status: 204, description: 'The note is added.' },
  errors: ['InvalidUrl', 'RequestIdReused'],
  customer: 'Customer',
  service: { parameter: 'Service', type: 'OneWay' },
  handler: async () => ({ body: undefined }),
});

describe('schemas', () => {
  const schemaOf = (schema: Parameters<typeof asJsonSchema>[0]): SchemaObject => createSchema(asJsonSchema(schema));
  const label = { title: 'Label', description: 'What it is.' };

  test.each<[string, Parameters<typeof asJsonSchema>[0], SchemaObject]>([
    [
      'text',
      text({ ...label, visibility: 'important', maxLength: 255, default: 'x' }),
      { ...label, type: 'string', default: 'x', maxLength: 255, 'x-ms-visibility': 'important' },
    ],
    ['a time', timestamp(label), { ...label, type: 'string', format: 'date-time' }],
    [
      'a choice',
      choice(['Call', 'Url'], { ...label, default: 'Url' }),
      { ...label, type: 'string', enum: ['Call', 'Url'], default: 'Url' },
    ],
    [
      'a whole number',
      integer({ ...label, minimum: 0, maximum: 9 }),
      { ...label, type: 'integer', format: 'int32', minimum: 0, maximum: 9 },
    ],
    ['a flag', flag({ ...label, default: true }), { ...label, type: 'boolean', default: true }],
    ['a flag at the root', flag(label), { ...label, type: 'boolean' }],
    ['an open object', freeObject(label), { ...label, type: 'object', additionalProperties: true }],
    [
      'an object whose fields are all optional, without an empty list of required ones',
      object({ a: optional(text(label)) }),
      { type: 'object', properties: { a: { ...label, type: 'string' } } },
    ],
    [
      'a list of objects',
      list(object({ a: text(label), b: optional(flag(label)) }), { ...label, minItems: 1, maxItems: 5 }),
      {
        ...label,
        type: 'array',
        minItems: 1,
        maxItems: 5,
        items: {
          type: 'object',
          properties: { a: { ...label, type: 'string' }, b: { ...label, type: 'boolean' } },
          required: ['a'],
        },
      },
    ],
    [
      'a list of texts from a dropdown',
      list(text({ ...label, dropdown: { operationId: 'ListNotes', value: 'id', title: 'name' } }), label),
      {
        ...label,
        type: 'array',
        items: {
          ...label,
          type: 'string',
          'x-ms-dynamic-values': {
            operationId: 'ListNotes',
            'value-path': 'id',
            'value-title': 'name',
            parameters: {},
          },
        },
      },
    ],
  ])('%s', (_, schema, expected) => {
    expect(schemaOf(schema)).toStrictEqual(expected);
  });

  test('keywords are written in a fixed order', () => {
    const written = { default: 'a', enum: ['a'], description: 'What it is.', type: 'string', title: 'Label' };
    expect(Object.keys(createSchema(written))).toEqual(['title', 'description', 'type', 'enum', 'default']);
  });
});

describe('dropdowns', () => {
  const values = { operationId: 'ListNotes', 'value-path': 'id', 'value-title': 'name' };

  test('are written in both spellings if the list has a path', () => {
    const parameters = { 'Customer-Id': { parameter: 'Customer' }, Kind: 'OneWay', Replies: false };
    expect(
      createDropdown({ ...values, 'value-collection': 'notes/list', parameters }),
    ).toStrictEqual<DropdownExtensions>({
      'x-ms-dynamic-values': { ...values, 'value-collection': 'notes/list', parameters },
      'x-ms-dynamic-list': {
        operationId: 'ListNotes',
        itemsPath: 'notes/list',
        itemValuePath: 'id',
        itemTitlePath: 'name',
        parameters: {
          'Customer-Id': { parameterReference: 'Customer' },
          Kind: { value: 'OneWay' },
          Replies: { value: false },
        },
      },
    });
  });

  test('are written only in the older spelling if the answer itself is the list', () => {
    expect(createDropdown(values)).toStrictEqual<DropdownExtensions>({ 'x-ms-dynamic-values': values });
  });

  test('are omitted for a field without a dropdown', () => {
    expect(createDropdown(undefined)).toStrictEqual({});
  });
});

test('parameters keep their names and order, and the body comes last', () => {
  expect(createParameters(addNote)).toStrictEqual([
    {
      name: 'Note-Id',
      in: 'path',
      required: true,
      'x-ms-summary': 'Note Id',
      description: 'Identifier of the note.',
      type: 'string',
      'x-ms-url-encoding': 'single',
    },
    {
      name: 'Customer',
      in: 'header',
      required: true,
      'x-ms-summary': 'Customer',
      description: 'Who keeps the book.',
      type: 'string',
    },
    {
      name: 'Service',
      in: 'query',
      required: false,
      'x-ms-summary': 'Service',
      description: 'What keeps the book.',
      type: 'string',
    },
    {
      name: 'Request Body',
      in: 'body',
      description: 'The note.',
      required: true,
      schema: {
        type: 'object',
        properties: {
          due: { title: 'Due', description: 'When the note is due.', type: 'string', format: 'date-time' },
        },
        required: ['due'],
      },
    },
  ]);
});

describe('responses', () => {
  const ours: Record<string, ResponseObject> = {
    '401': { description: 'The caller is not signed in. Error code: Unauthenticated.' },
    '429': { description: 'Too many calls were made with the connection. Error code: Throttled.' },
    '500': { description: 'The backend failed. Error code: InternalError.' },
    '503': { description: 'The backend is not available at the moment. Error code: Unavailable.' },
  };
  const bare: Operation<never> = { ...getNote, parameters: {}, errors: [] };

  test('of an operation that takes nothing', () => {
    expect(createResponses(bare)).toStrictEqual({
      '200': {
        description: 'The note.',
        schema: { title: 'Note Id', description: 'Identifier of the note.', type: 'string' },
      },
      ...ours,
      '403': { description: 'The caller has no access. Error codes: UserNotAllowed, MissingScope.' },
    });
  });

  test('of an operation that accepts calls without a token', () => {
    const { '401': _, '429': __, ...others } = ours;
    expect(createResponses({ ...bare, anonymous: true })).toStrictEqual({
      '200': {
        description: 'The note.',
        schema: { title: 'Note Id', description: 'Identifier of the note.', type: 'string' },
      },
      ...others,
    });
  });

  test('of an operation that takes everything, with the codes in the order of the catalogue', () => {
    expect(createResponses(addNote)).toStrictEqual({
      '204': { description: 'The note is added.' },
      ...ours,
      '400': {
        description:
          'The request is not valid. Error codes: InvalidJson, MissingParameter, InvalidParameter, MissingField, ' +
          'InvalidField, InvalidCharacters, InvalidDateTime, InvalidUrl, WrongServiceType.',
      },
      '403': {
        description: 'The caller has no access. Error codes: UserNotAllowed, MissingScope, CustomerNotAssigned.',
      },
      '404': { description: 'Something that the request names was not found. Error code: ServiceNotFound.' },
      '413': { description: 'The body is too large. Error code: BodyTooLarge.' },
      '415': { description: 'The body is not JSON. Error code: UnsupportedContentType.' },
      '422': { description: 'The request contradicts an earlier one. Error code: RequestIdReused.' },
      '429': { description: 'Too many calls were made with the connection. Error code: Throttled.' },
    });
  });

  test('of an operation whose parameter and fields are all optional', () => {
    const { '400': refusal } = createResponses({
      ...bare,
      parameters: { Region: inQuery(optional(note)) },
      body: {
        name: 'body',
        description: 'The note.',
        schema: object({ list: optional(list(object({ a: optional(note) }))) }),
      },
    });
    expect(refusal).toStrictEqual({
      description:
        'The request is not valid. Error codes: InvalidJson, InvalidParameter, InvalidField, InvalidCharacters.',
    });
  });

  test('name errors that only a nested field can cause', () => {
    const due = timestamp({ title: 'Due', description: 'When it is due.' });
    const { '400': refusal } = createResponses({
      ...bare,
      body: { name: 'body', description: 'Notes.', schema: object({ list: optional(list(object({ due }))) }) },
    });
    expect(refusal?.description).toContain('MissingField, InvalidField, InvalidCharacters, InvalidDateTime.');
  });
});

test('operations of one path stand together, and each requires any one of its scopes', () => {
  const paths = createPaths([getNote, addNote]);
  expect(paths).toStrictEqual<Record<string, PathItem>>({
    '/notes/{Note-Id}': {
      get: {
        operationId: 'GetNote',
        summary: 'Get note',
        description: 'Get a note by its id.',
        'x-ms-visibility': 'internal',
        parameters: createParameters(getNote),
        responses: createResponses(getNote),
        security: [{ 'oauth2-auth': ['Group.Management'] }, { 'oauth2-auth': ['Gateway.Send'] }],
      },
      post: {
        operationId: 'AddNote',
        summary: 'Add note',
        description: 'Add a note to a book.',
        parameters: createParameters(addNote),
        responses: createResponses(addNote),
        security: [{ 'oauth2-auth': ['Gateway.Send'] }],
      },
    },
  });
});

test('an operation that accepts calls without a token has its scopes too, because the platform sends a token', () => {
  expect(createPaths([{ ...addNote, anonymous: true }])['/notes/{Note-Id}']?.post?.security).toEqual([
    { 'oauth2-auth': ['Gateway.Send'] },
  ]);
});

const allScopes = [
  'Gateway.Send',
  'Customer.Services',
  'User.Customers',
  'TwoWay.Management',
  'WhatsApp',
  'Discussion.Reply',
  'Group.Management',
];

test('writes a definition without operations', () => {
  const definition = createDefinition([], exampleSettings);
  const { scopes } = definition.securityDefinitions['oauth2-auth'] as { scopes: Record<string, string> };
  expect(Object.keys(scopes)).toEqual(allScopes);
  expect(definition).toStrictEqual<ConnectorDefinition>({
    swagger: '2.0',
    info: {
      title: 'Notes',
      description: 'Notes keeps what you write down, and tells you when somebody adds to it.',
      version: '1.2.3',
      contact: { name: 'Notes Support', url: 'https://notes.example.com/help', email: 'help@notes.example.com' },
    },
    host: 'notes.example.com',
    basePath: '/api-integrations/v1',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: {},
    securityDefinitions: {
      'oauth2-auth': {
        type: 'oauth2',
        flow: 'accessCode',
        authorizationUrl:
          'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/authorize',
        tokenUrl: 'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token',
        scopes,
      },
    },
    security: [{ 'oauth2-auth': allScopes }],
    'x-ms-connector-metadata': [
      { propertyName: 'Website', propertyValue: 'https://notes.example.com' },
      { propertyName: 'Privacy policy', propertyValue: 'https://notes.example.com/privacy' },
      { propertyName: 'Categories', propertyValue: 'Productivity;Data' },
    ],
  });
});

describe('properties', () => {
  const created: ApiProperties = {
    properties: {
      connectionParameters: {
        token: {
          type: 'oauthSetting',
          oAuthSettings: {
            identityProvider: 'aad',
            clientId: '22222222-2222-2222-2222-222222222222',
            scopes: [
              ...allScopes.map((scope) => `api://33333333-3333-3333-3333-333333333333/${scope}`),
              'offline_access',
            ],
            properties: {
              IsFirstParty: 'False',
              AzureActiveDirectoryResourceId: 'api://33333333-3333-3333-3333-333333333333',
              IsOnbehalfofLoginSupported: true,
            },
            customParameters: {
              loginUri: { value: 'https://login.microsoftonline.com' },
              tenantId: { value: '11111111-1111-1111-1111-111111111111' },
              resourceUri: { value: 'api://33333333-3333-3333-3333-333333333333' },
            },
          },
          uiDefinition: {
            displayName: 'Sign in',
            description: 'Sign in with your work or school account.',
            tooltip: 'Sign in with the account that may use Notes.',
            constraints: { required: 'true' },
          },
        },
        'token:TenantId': {
          type: 'string',
          metadata: { sourceType: 'AzureActiveDirectoryTenant' },
          uiDefinition: {
            displayName: 'Tenant',
            description: 'The tenant ID of for the Azure Active Directory application',
            constraints: { required: 'false', hidden: 'true' },
          },
        },
      },
      iconBrandColor: '#123456',
      capabilities: ['actions', 'triggers'],
      publisher: 'Notes Ltd',
      stackOwner: 'Notes Holding',
      policyTemplateInstances: [
        {
          templateId: 'setheader',
          title: 'Tell the backend which version of Notes calls',
          parameters: {
            'x-ms-apimTemplateParameter.name': 'X-Connector-Version',
            'x-ms-apimTemplateParameter.value': '1.2.3',
            'x-ms-apimTemplateParameter.existsAction': 'override',
            'x-ms-apimTemplate-policySection': 'Request',
          },
        },
      ],
    },
  };

  test('for creating a connector', () => {
    expect(createApiProperties(exampleSettings, 'create')).toStrictEqual(created);
  });

  test('for updating a connector', () => {
    const expected = structuredClone(created);
    delete expected.properties.stackOwner;
    expected.properties.connectionParameters!.token.oAuthSettings.redirectMode = 'GlobalPerConnector';
    expect(createApiProperties(exampleSettings, 'update')).toStrictEqual(expected);
  });

  test('for creating a connector with the common redirect address', () => {
    const settings = { ...exampleSettings, oauth: { ...exampleSettings.oauth, redirectMode: 'Global' as const } };
    const expected = structuredClone(created);
    expected.properties.connectionParameters!.token.oAuthSettings.redirectMode = 'Global';
    expect(createApiProperties(settings, 'create')).toStrictEqual(expected);
  });
});
