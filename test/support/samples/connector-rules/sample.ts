import type { LooseDefinition, LooseOperation, LooseProperties } from './document.ts';

const notebook = {
  name: 'NotebookId',
  in: 'path',
  required: true,
  type: 'string',
  'x-ms-summary': 'Notebook',
  description: 'The notebook that holds the note.',
  'x-ms-url-encoding': 'single',
  'x-ms-dynamic-values': {
    operationId: 'ListNotebooks',
    'value-collection': 'value',
    'value-path': 'id',
    'value-title': 'name',
    parameters: { kind: 'private' },
  },
  'x-ms-dynamic-list': {
    operationId: 'ListNotebooks',
    itemsPath: 'value',
    itemValuePath: 'id',
    itemTitlePath: 'name',
    parameters: { kind: { value: 'private' } },
  },
};

const id = { type: 'string', title: 'Note Id', description: 'Identifier of the note.' };

/** A connector that keeps every rule and has one of everything that a rule is about. A new copy each time. */
export function sampleConnector(): { definition: LooseDefinition; properties: LooseProperties } {
  const definition: LooseDefinition = {
    swagger: '2.0',
    info: {
      title: 'Notes',
      description: 'Notes keeps what you write down, and tells you when somebody adds to it.',
      contact: { name: 'Notes Support', url: 'https://notes.example.com/help', email: 'help@notes.example.com' },
    },
    host: 'notes.example.com',
    basePath: '/v1',
    schemes: ['https'],
    consumes: ['application/json'],
    produces: ['application/json'],
    paths: {
      '/notebooks': {
        get: {
          operationId: 'ListNotebooks',
          summary: 'List notebooks',
          description: 'List the notebooks of the signed-in user.',
          'x-ms-visibility': 'internal',
          parameters: [
            {
              name: 'kind',
              in: 'query',
              required: true,
              type: 'string',
              default: 'private',
              'x-ms-summary': 'Kind',
              description: 'The kind of notebooks.',
              'x-ms-visibility': 'internal',
            },
          ],
          responses: {
            '200': {
              description: 'The notebooks.',
              schema: {
                type: 'object',
                properties: {
                  value: {
                    type: 'array',
                    items: {
                      type: 'object',
                      properties: { id: { type: 'string' }, name: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
      '/inks': {
        get: {
          operationId: 'ListInks',
          summary: 'List inks',
          description: 'List the names of the inks.',
          'x-ms-visibility': 'internal',
          parameters: [],
          responses: {
            '200': { description: 'The names.', schema: { type: 'array', items: { type: 'string' } } },
          },
        },
      },
      '/notebooks/{NotebookId}/schema': {
        get: {
          operationId: 'GetNoteSchema',
          summary: 'Get note schema',
          description: 'Get the fields that notes of a notebook have.',
          'x-ms-visibility': 'internal',
          parameters: [structuredClone(notebook)],
          responses: {
            '200': {
              description: 'The schema.',
              schema: {
                type: 'object',
                properties: {
                  schema: {
                    type: 'object',
                    properties: { properties: { type: 'object', additionalProperties: true } },
                  },
                },
              },
            },
          },
        },
      },
      '/notebooks/{NotebookId}/notes': {
        get: {
          operationId: 'ListNotes',
          summary: 'List notes',
          description: 'List the notes in a notebook, page by page.',
          'x-ms-pageable': { nextLinkName: 'nextLink' },
          parameters: [structuredClone(notebook)],
          responses: {
            '200': {
              description: 'A page of notes.',
              schema: {
                type: 'object',
                properties: {
                  nextLink: { type: 'string', title: 'Next Link', description: 'Where the next page is.' },
                  value: {
                    type: 'array',
                    title: 'Notes',
                    description: 'The notes of the page.',
                    items: { type: 'object', properties: { id } },
                  },
                },
              },
            },
            default: { description: 'Something went wrong.' },
          },
        },
        post: {
          operationId: 'CreateNote',
          summary: 'Create note',
          description: 'Create a note in a notebook.',
          parameters: [
            structuredClone(notebook),
            {
              name: 'body',
              in: 'body',
              description: 'The note.',
              required: true,
              schema: {
                type: 'object',
                required: ['text', 'source'],
                properties: {
                  text: { type: 'string', title: 'Text of the Note', description: 'What the note says.' },
                  colour: {
                    type: 'string',
                    title: 'Colour',
                    description: 'The colour of the note.',
                    enum: ['Yellow', 'Blue'],
                    default: 'Yellow',
                  },
                  ink: {
                    type: 'string',
                    title: 'Ink',
                    description: 'The ink of the note.',
                    'x-ms-dynamic-values': { operationId: 'ListInks', parameters: {} },
                  },
                  source: {
                    type: 'string',
                    title: 'Source',
                    description: 'Where the note comes from.',
                    'x-ms-visibility': 'internal',
                    default: 'flow',
                  },
                  fields: {
                    type: 'object',
                    title: 'Fields',
                    description: 'The fields of the notebook.',
                    'x-ms-dynamic-schema': {
                      operationId: 'GetNoteSchema',
                      'value-path': 'schema/properties',
                      parameters: { NotebookId: { parameter: 'NotebookId' } },
                    },
                    'x-ms-dynamic-properties': {
                      operationId: 'GetNoteSchema',
                      itemValuePath: 'schema',
                      parameters: { NotebookId: { parameterReference: 'NotebookId' } },
                    },
                  },
                },
              },
            },
          ],
          responses: {
            '200': { description: 'The note.', schema: { $ref: '#/definitions/Note' } },
            '400': { description: 'The note is not valid.' },
          },
        },
      },
      '/notes/{NoteId}': {
        get: {
          operationId: 'GetNote',
          summary: 'Get note (deprecated)',
          description: 'Get a note by its id (deprecated).',
          deprecated: true,
          'x-ms-api-annotation': {
            family: 'GetNote',
            revision: 1,
            status: 'Production',
            replacement: { api: 'notes', operationId: 'GetNote_V2' },
          },
          parameters: [
            {
              name: 'NoteId',
              in: 'path',
              required: true,
              type: 'string',
              'x-ms-summary': 'Note Id',
              description: 'Identifier of the note.',
              'x-ms-url-encoding': 'single',
            },
          ],
          responses: { '200': { description: 'The note.', schema: { $ref: '#/definitions/Note' } } },
        },
      },
      '/v2/notes': {
        get: {
          operationId: 'GetNote_V2',
          summary: 'Get note',
          description: 'Get a note by its id, wherever it is kept.',
          'x-ms-api-annotation': { family: 'GetNote', revision: 2, status: 'Production' },
          parameters: [
            {
              name: 'NoteId',
              in: 'query',
              required: true,
              type: 'string',
              'x-ms-summary': 'Note Id',
              description: 'Identifier of the note.',
            },
          ],
          responses: { '200': { description: 'The note.', schema: { $ref: '#/definitions/Note' } } },
        },
      },
      '/hooks': {
        'x-ms-notification-content': {
          schema: {
            type: 'object',
            properties: { text: { type: 'string', title: 'Text', description: 'What the note says.' } },
          },
        },
        post: {
          operationId: 'NoteAdded',
          summary: 'When a note is added',
          description: 'This operation triggers when a note is added to a notebook.',
          'x-ms-trigger': 'single',
          'x-ms-trigger-hint': 'To see it work, add a note to the notebook.',
          parameters: [
            {
              name: 'body',
              in: 'body',
              description: 'What to register.',
              required: true,
              schema: {
                type: 'object',
                required: ['options'],
                properties: {
                  options: {
                    type: 'object',
                    title: 'Options',
                    description: 'Where to call.',
                    required: ['url'],
                    properties: {
                      url: {
                        type: 'string',
                        title: 'Url',
                        description: 'The address that is called.',
                        'x-ms-visibility': 'internal',
                        'x-ms-notification-url': true,
                      },
                    },
                  },
                },
              },
            },
          ],
          responses: {
            '201': {
              description: 'It is registered.',
              schema: { type: 'object', properties: { id: structuredClone(id) } },
            },
          },
        },
      },
      '/hooks/{HookId}': {
        delete: {
          operationId: 'RemoveHook',
          summary: 'Remove hook',
          description: 'Remove what a trigger registered.',
          'x-ms-visibility': 'internal',
          parameters: [
            {
              name: 'HookId',
              in: 'path',
              required: true,
              type: 'string',
              'x-ms-summary': 'Hook Id',
              description: 'Identifier of the registration.',
              'x-ms-url-encoding': 'single',
            },
          ],
          responses: { '204': { description: 'It is gone.' } },
        },
      },
    },
    definitions: { Note: { type: 'object', properties: { id: structuredClone(id) } } },
    securityDefinitions: { 'oauth2-auth': { type: 'oauth2' } },
    'x-ms-connector-metadata': [
      { propertyName: 'Website', propertyValue: 'https://notes.example.com' },
      { propertyName: 'Privacy policy', propertyValue: 'https://notes.example.com/privacy' },
      { propertyName: 'Categories', propertyValue: 'Productivity' },
    ],
  };
  const properties: LooseProperties = {
    properties: {
      connectionParameters: {
        token: {
          type: 'oauthSetting',
          oAuthSettings: {
            identityProvider: 'aad',
            clientId: '00000000-0000-0000-0000-000000000000',
            redirectMode: 'GlobalPerConnector',
            customParameters: { resourceUri: { value: 'api://notes' } },
          },
          uiDefinition: {
            displayName: 'Sign in',
            description: 'Sign in to Notes.',
            constraints: { required: 'true', clearText: false },
          },
        },
      },
      iconBrandColor: '#123456',
      capabilities: ['actions', 'triggers'],
      publisher: 'Notes Ltd',
      stackOwner: 'Notes Ltd',
      policyTemplateInstances: [
        {
          templateId: 'updatenextlink',
          title: 'Route next pages',
          parameters: {
            'x-ms-apimTemplate-operationName': ['ListNotes'],
            'x-ms-apimTemplateParameter.nextLinkPropertyName': 'nextLink',
          },
        },
      ],
    },
  };
  return { definition, properties };
}

/** An operation of the sample, to be broken. */
export function operationNamed({ paths }: LooseDefinition, operationId: string): LooseOperation {
  const found = Object.values(paths)
    .flatMap((item) => Object.values(item) as LooseOperation[])
    .find((operation) => operation.operationId === operationId);
  if (found === undefined) throw new Error(`The sample has no ${operationId}.`);
  return found;
}
