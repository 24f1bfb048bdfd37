import type { LooseDefinition, LooseOperation, LooseParameter, LooseProperties, LooseSchema } from './document.ts';
import { operationNamed } from './sample.ts';

type Spoil = (definition: LooseDefinition, properties: LooseProperties) => void;

const info =
  (change: LooseDefinition['info']): Spoil =>
  (definition) => {
    Object.assign(definition.info, change);
  };

const head =
  (change: Partial<LooseDefinition>): Spoil =>
  (definition) => {
    Object.assign(definition, change);
  };

const property =
  (change: LooseProperties['properties']): Spoil =>
  (_, { properties }) => {
    Object.assign(properties, change);
  };

const token =
  (change: object): Spoil =>
  (_, { properties }) => {
    Object.assign(properties.connectionParameters?.['token'] ?? {}, change);
  };

const oauth =
  (change: object): Spoil =>
  (_, { properties }) => {
    Object.assign(properties.connectionParameters?.['token']?.oAuthSettings ?? {}, change);
  };

const metadata =
  (name: string, value: string): Spoil =>
  (definition) => {
    for (const entry of definition['x-ms-connector-metadata'] ?? []) {
      if (entry.propertyName === name) entry.propertyValue = value;
    }
  };

const operation =
  (id: string, change: Partial<LooseOperation>): Spoil =>
  (definition) => {
    Object.assign(operationNamed(definition, id), change);
  };

function parameterOf(definition: LooseDefinition, id: string, name: string): LooseParameter {
  const found = operationNamed(definition, id).parameters?.find((parameter) => parameter.name === name);
  if (found === undefined) throw new Error(`${id} has no ${name}.`);
  return found;
}

const parameter =
  (id: string, name: string, change: Partial<LooseParameter>): Spoil =>
  (definition) => {
    Object.assign(parameterOf(definition, id, name), change);
  };

const body =
  (id: string, change: LooseSchema): Spoil =>
  (definition) => {
    Object.assign(parameterOf(definition, id, 'body').schema ?? {}, change);
  };

const field =
  (id: string, path: string, change: LooseSchema): Spoil =>
  (definition) => {
    const root = parameterOf(definition, id, 'body').schema;
    const schema = path.split('/').reduce((inner, step) => inner?.properties?.[step], root);
    if (schema === undefined) throw new Error(`The body of ${id} has no ${path}.`);
    Object.assign(schema, change);
  };

const answer =
  (id: string, status: string, schema: LooseSchema | undefined): Spoil =>
  (definition) => {
    const { responses } = operationNamed(definition, id);
    responses[status] = { description: 'Spoilt.', ...(schema === undefined ? {} : { schema }) };
  };

const move =
  (from: string, to: string): Spoil =>
  (definition) => {
    const item = definition.paths[from];
    if (item === undefined) throw new Error(`There is no ${from}.`);
    delete definition.paths[from];
    definition.paths[to] = item;
  };

const hooks =
  (change: object): Spoil =>
  (definition) => {
    Object.assign(definition.paths['/hooks'] ?? {}, change);
  };

const dropdown = { operationId: 'ListNotebooks', 'value-path': 'id', 'value-title': 'name' };
const inBody: LooseParameter = {
  name: 'body',
  in: 'body',
  schema: { type: 'object', properties: { a: { type: 'string' } } },
};
const text: LooseSchema = { type: 'string', title: 'Text', description: 'What the note says.' };

/** Ways to break each rule, in the rules' order: the rule, what is wrong, and what makes the sample so. */
export const brokenConnectors: readonly (readonly [rule: string, what: string, spoil: Spoil])[] = [
  ['I01', 'a long title', info({ title: 'Notes that go on and on and on and on' })],
  ['I01', 'a title with a barred word', info({ title: 'Notes Connector' })],
  ['I01', 'a title that names a product', info({ title: 'Notes for Power Automate' })],
  ['I01', 'a title that ends in a mark', info({ title: 'Notes!' })],
  ['I02', 'a short description', info({ description: 'Keeps notes.' })],
  [
    'I02',
    'a description with an address',
    info({ description: 'Keeps notes; see https://notes.example.com for more.' }),
  ],
  ['I02', 'a description with a barred word', info({ description: 'The API of Notes keeps what you write down.' })],
  ['I02', 'a description that is not ASCII', info({ description: 'Notes keeps what you write down, café included.' })],
  ['I03', 'no contact', info({ contact: {} })],
  ['I03', 'a relative contact address', info({ contact: { name: 'N', url: '/help', email: 'a@example.com' } })],
  ['I04', 'a privacy policy by http', metadata('Privacy policy', 'http://notes.example.com')],
  ['I04', 'three categories', metadata('Categories', 'AI;Data;Security')],
  ['I04', 'an unknown category', metadata('Categories', 'Stationery')],
  [
    'I04',
    'more than the three',
    head({ 'x-ms-connector-metadata': [{ propertyName: 'Website', propertyValue: 'x' }] }),
  ],
  ['I05', 'no stack owner', property({ stackOwner: '' })],
  ['I05', 'a publisher with a mark', property({ publisher: '<Notes>' })],
  ['I06', 'white', property({ iconBrandColor: '#FFFFFF' })],
  ['I06', 'a colour by name', property({ iconBrandColor: 'teal' })],
  ['I08', 'a host with a path', head({ host: 'notes.example.com/v1' })],
  ['I08', 'a test host', head({ host: 'notes-test.example.com' })],
  ['I08', 'http', head({ schemes: ['http', 'https'] })],
  ['I08', 'a base path without slash', head({ basePath: 'v1' })],
  ['I08', 'an http address in the properties', token({ uiDefinition: { displayName: 'http://notes.example.com' } })],
  ['I09', 'OpenAPI 3', head({ swagger: '3.0.0' })],
  ['I09', 'a union', field('CreateNote', 'text', { anyOf: [{ type: 'string' }] })],
  ['I09', 'a definition of more than a megabyte', info({ description: 'x'.repeat(1_000_000) })],
  [
    'I10',
    'too many operations',
    (definition) => {
      for (let index = 0; index < 257; index++) {
        definition.paths[`/${index}`] = { get: { operationId: `Op${index}`, responses: {} } };
      }
    },
  ],
  [
    'I10',
    'too many fields in a body',
    body('CreateNote', {
      properties: Object.fromEntries(Array.from({ length: 512 }, (_, index) => [`field${index}`, text])),
    }),
  ],
  [
    'I11',
    'the host after the paths',
    (definition) => {
      const { host } = definition;
      delete definition.host;
      Object.assign(definition, { host });
    },
  ],
  ['I12', 'a parameter without description', token({ uiDefinition: { displayName: 'Sign in' } })],
  [
    'I12',
    'a flag for a text',
    token({ uiDefinition: { displayName: 'S', description: 'S.', constraints: { required: true } } }),
  ],
  [
    'I12',
    'a text for a flag',
    token({ uiDefinition: { displayName: 'S', description: 'S.', constraints: { clearText: 'true' } } }),
  ],
  ['I13', 'a real client id', oauth({ clientId: '6f1d2c3b-4a59-4e68-b777-8f9091a2b3c4' })],
  ['I13', 'a secret', oauth({ clientSecret: 'x' })],
  ['I13', 'a redirect address of its own', oauth({ redirectUrl: 'https://notes.example.com/redirect' })],
  ['I13', 'an unknown redirect mode', oauth({ redirectMode: 'Direct' })],
  ['I14', 'another identity provider', oauth({ identityProvider: 'oauth2' })],
  ['I14', 'a definition that says otherwise', head({ securityDefinitions: { key: { type: 'apiKey', in: 'header' } } })],
  [
    'I14',
    'a key beside the sign-in',
    (_, { properties }) => {
      Object.assign(properties.connectionParameters ?? {}, { api_key: { type: 'securestring' } });
    },
  ],
  ['I15', 'actions alone', property({ capabilities: ['actions'] })],
  [
    'I16',
    'a name with a hyphen',
    (_, { properties }) => {
      Object.assign(properties.connectionParameters ?? {}, { 'my-key': { type: 'string' } });
    },
  ],
  ['I16', 'an unknown type', token({ type: 'oauth' })],
  ['I16', 'an unknown provider', oauth({ identityProvider: 'entra' })],
  ['I16', 'no resource', oauth({ customParameters: {} })],
  ['I16', 'a parameter that the provider lacks', oauth({ customParameters: { resourceUri: {}, tokenUrl: {} } })],
  ['I17', 'an unknown template', property({ policyTemplateInstances: [{ templateId: 'sethost' }] })],
  ['I17', 'a missing parameter', property({ policyTemplateInstances: [{ templateId: 'setheader', parameters: {} }] })],
  [
    'I17',
    'a parameter that no template has',
    property({
      policyTemplateInstances: [
        {
          templateId: 'dynamichosturl',
          parameters: { 'x-ms-apimTemplateParameter.urlTemplate': 'https://notes.example.com', urlTemplate: 'x' },
        },
      ],
    }),
  ],
  [
    'I17',
    'an operation that does not exist',
    property({
      policyTemplateInstances: [
        {
          templateId: 'dynamichosturl',
          parameters: {
            'x-ms-apimTemplate-operationName': ['ListPencils'],
            'x-ms-apimTemplateParameter.urlTemplate': 'https://notes.example.com',
          },
        },
      ],
    }),
  ],
  ['O01', 'an id in camel case', operation('CreateNote', { operationId: 'createNote' })],
  ['O01', 'an id twice', operation('CreateNote', { operationId: 'ListNotes' })],
  ['O01', 'a revision without family', operation('GetNote_V2', { 'x-ms-api-annotation': {} })],
  ['O02', 'no summary', operation('CreateNote', { summary: '' })],
  ['O02', 'a summary twice', operation('CreateNote', { summary: 'List notes' })],
  ['O02', 'a long summary', operation('CreateNote', { summary: 'Create a note '.repeat(6) + 'now' })],
  ['O02', 'a summary with a slash', operation('CreateNote', { summary: 'Create/note' })],
  ['O02', 'a summary that ends in a mark', operation('CreateNote', { summary: 'Create note.' })],
  ['O02', 'a summary in title case', operation('CreateNote', { summary: 'Create Note' })],
  ['O02', 'a trigger without "When a"', operation('NoteAdded', { summary: 'New note' })],
  ['O03', 'no sentence', operation('CreateNote', { description: 'creates a note' })],
  ['O03', 'the summary again', operation('CreateNote', { description: 'Create note.' })],
  ['O03', "a trigger's description", operation('NoteAdded', { description: 'Triggers when a note is added.' })],
  ['O04', 'a product', operation('CreateNote', { description: 'Create a note from Power Apps.' })],
  ['O04', 'a typographic dash', parameter('ListNotes', 'NotebookId', { description: 'The notebook – required.' })],
  ['O05', 'no good answer', operation('CreateNote', { responses: { '400': { description: 'No.' } } })],
  ['O05', 'two schemas', answer('CreateNote', '400', { type: 'string' })],
  [
    'O05',
    'a schema where nobody looks',
    operation('RemoveHook', { responses: { '202': { schema: { type: 'string' } } } }),
  ],
  ['O06', 'a default answer with a schema', answer('ListNotes', 'default', { type: 'string' })],
  ['O06', 'a default answer alone', operation('CreateNote', { responses: { default: { description: 'Maybe.' } } })],
  ['O07', 'an empty object', field('CreateNote', 'text', { type: 'object', properties: {} })],
  ['O07', 'a list without items', field('CreateNote', 'text', { type: 'array' })],
  ['O07', 'an unknown format', field('CreateNote', 'text', { format: 'time' })],
  ['O07', 'no type', (definition) => delete parameterOf(definition, 'ListNotes', 'NotebookId').type],
  ['O07', 'an empty list of required fields', body('CreateNote', { required: [] })],
  ['O07', 'a required field that is not there', body('CreateNote', { required: ['pencil'] })],
  ['O07', 'required fields of a text', field('CreateNote', 'text', { required: ['text'] })],
  ['O07', 'a default of another type', field('CreateNote', 'colour', { default: 7 })],
  ['O07', 'a choice of another type', field('CreateNote', 'colour', { enum: ['Yellow', 7] })],
  ['O08', 'a path twice but for case', move('/v2/notes', '/Hooks')],
  ['O08', 'a path twice but for a name', move('/v2/notes', '/notes/{Id}')],
  ['O08', 'a literal beside a parameter', move('/v2/notes', '/notes/latest')],
  ['O08', 'a mark in a path', move('/v2/notes', '/notes?latest')],
  ['O08', 'a GET with a body', operation('ListNotes', { parameters: [inBody] })],
  ['O09', 'a deprecated operation that is silent', operation('GetNote', { summary: 'Get old note' })],
  ['O09', 'a replacement of what is in use', operation('GetNote', { deprecated: false })],
  [
    'O09',
    'a replacement without name',
    operation('GetNote', { 'x-ms-api-annotation': { family: 'GetNote', replacement: { api: 'notes' } } }),
  ],
  [
    'O09',
    'two of a family in production',
    operation('ListNotes', { 'x-ms-api-annotation': { family: 'GetNote', revision: 3, status: 'Production' } }),
  ],
  ['O10', 'a next link of another name', operation('ListNotes', { 'x-ms-pageable': { nextLinkName: 'next' } })],
  ['O10', 'no policy', operation('CreateNote', { 'x-ms-pageable': { nextLinkName: 'nextLink' } })],
  ['O11', 'a reference with siblings', answer('CreateNote', '200', { $ref: '#/definitions/Note', title: 'Note' })],
  ['O11', 'a reference to nothing', answer('CreateNote', '200', { $ref: '#/definitions/Pencil' })],
  ['O11', 'a reference to elsewhere', answer('CreateNote', '200', { $ref: '#/paths/Note' })],
  ['O12', 'a body of unsaid type', head({ consumes: [] })],
  ['O12', 'an unknown media type', operation('CreateNote', { produces: ['text/csv'] })],
  ['O13', 'an extension of another kind', operation('CreateNote', { 'x-ms-openai-data': {} })],
  ['P01', 'no label', parameter('ListNotes', 'NotebookId', { 'x-ms-summary': '' })],
  ['P01', 'a label in sentence case', field('CreateNote', 'text', { title: 'Text of note' })],
  ['P01', 'no full stop', field('CreateNote', 'text', { description: 'What the note says' })],
  ['P01', 'the label again', field('CreateNote', 'text', { title: 'Text', description: 'Text.' })],
  [
    'P01',
    'a field of the answer without label',
    answer('CreateNote', '200', { type: 'object', properties: { a: {} } }),
  ],
  ['P01', 'a path parameter without encoding', parameter('ListNotes', 'NotebookId', { 'x-ms-url-encoding': 'double' })],
  ['P01', 'an encoding in the query', parameter('GetNote_V2', 'NoteId', { 'x-ms-url-encoding': 'single' })],
  ['P01', 'an optional path parameter', parameter('ListNotes', 'NotebookId', { required: false })],
  ['P02', 'internal and required without default', field('CreateNote', 'text', { 'x-ms-visibility': 'internal' })],
  ['P02', 'internal with default, not required', body('CreateNote', { required: ['text'] })],
  ['P02', 'a reserved name', parameter('GetNote_V2', 'NoteId', { name: 'connectionId' })],
  ['P03', 'a body of another name', parameter('CreateNote', 'body', { name: 'note' })],
  ['P03', 'two bodies', operation('CreateNote', { parameters: [inBody, inBody] })],
  ['P03', 'something dynamic on the body', parameter('CreateNote', 'body', { 'x-ms-dynamic-schema': {} })],
  [
    'P04',
    'a source in the body, in the old spelling alone',
    field('CreateNote', 'colour', {
      'x-ms-dynamic-values': { ...dropdown, parameters: { kind: { parameter: 'text' } } },
    }),
  ],
  [
    'P04',
    'a source that is a parameter and a field, in the old spelling alone',
    body('CreateNote', {
      properties: {
        NotebookId: text,
        colour: {
          ...text,
          'x-ms-dynamic-values': { ...dropdown, parameters: { kind: { parameter: 'NotebookId' } } },
        },
      },
    }),
  ],
  [
    'P04',
    'a source that is nowhere, in the old spelling alone',
    field('CreateNote', 'colour', {
      'x-ms-dynamic-values': { ...dropdown, parameters: { kind: { parameter: 'no' } } },
    }),
  ],
  ['P05', 'an operation that does not exist', operation('ListNotebooks', { operationId: 'ListBooks' })],
  ['P05', 'an answer that is no list', answer('ListNotebooks', '200', { type: 'object', properties: { value: text } })],
  [
    'P05',
    'a value that is not there',
    answer('ListNotebooks', '200', {
      type: 'object',
      properties: { value: { type: 'array', items: { type: 'object', properties: { name: text } } } },
    }),
  ],
  [
    'P05',
    'entries that are objects, and no paths',
    parameter('ListNotes', 'NotebookId', {
      'x-ms-dynamic-values': {
        operationId: 'ListNotebooks',
        'value-collection': 'value',
        parameters: { kind: 'private' },
      },
    }),
  ],
  [
    'P05',
    'entries that are plain texts, and paths',
    field('CreateNote', 'ink', {
      'x-ms-dynamic-values': { operationId: 'ListInks', 'value-path': 'id', 'value-title': 'id' },
    }),
  ],
  [
    'P05',
    'a needed parameter that is not given',
    operation('ListNotebooks', {
      parameters: [
        { name: 'kind', in: 'query', required: true, type: 'string' },
        { name: 'owner', in: 'query', required: true },
      ],
    }),
  ],
  ['P05', 'a parameter that it lacks', operation('ListNotebooks', { parameters: [] })],
  ['P05', 'a literal of another type', parameter('ListNotebooks', 'kind', { type: 'integer' })],
  ['P05', 'an internal source', parameter('CreateNote', 'NotebookId', { 'x-ms-visibility': 'internal' })],
  ['P05', 'a schema that is not there', answer('GetNoteSchema', '200', { type: 'object', properties: { a: text } })],
  [
    'P06',
    'a schema path that disagrees',
    field('CreateNote', 'fields', {
      'x-ms-dynamic-properties': {
        operationId: 'GetNoteSchema',
        itemValuePath: 'schema/properties',
        parameters: { NotebookId: { parameterReference: 'NotebookId' } },
      },
    }),
  ],
  [
    'P06',
    'a list with another literal',
    parameter('ListNotes', 'NotebookId', {
      'x-ms-dynamic-list': {
        operationId: 'ListNotebooks',
        itemsPath: 'value',
        itemValuePath: 'id',
        itemTitlePath: 'name',
        parameters: { kind: { value: 'shared' } },
      },
    }),
  ],
  ['P07', 'a header of the platform', parameter('GetNote_V2', 'NoteId', { name: 'Content-Type', in: 'header' })],
  ['P08', 'a blank in a name', parameter('ListNotes', 'NotebookId', { name: 'Notebook Id' })],
  ['T01', 'a trigger in batches', operation('NoteAdded', { 'x-ms-trigger': 'batch' })],
  ['T01', 'a notification without schema', hooks({ 'x-ms-notification-content': {} })],
  [
    'T01',
    'a notification without description',
    hooks({
      'x-ms-notification-content': { schema: { type: 'object', properties: { text: { type: 'string' } } } },
    }),
  ],
  ['T01', 'no field for the callback', field('NoteAdded', 'options/url', { 'x-ms-notification-url': false })],
  [
    'T01',
    'two fields for the callback',
    body('NoteAdded', {
      properties: { a: { ...text, 'x-ms-notification-url': true }, b: { ...text, 'x-ms-notification-url': true } },
    }),
  ],
  ['T01', 'a callback that is seen', field('NoteAdded', 'options/url', { 'x-ms-visibility': 'important' })],
  ['T01', 'a callback that is not required all the way', body('NoteAdded', { required: ['other'] })],
  ['T02', 'nothing that removes', (definition) => delete definition.paths['/hooks/{HookId}']],
  ['T02', 'a remover that is seen', operation('RemoveHook', { 'x-ms-visibility': 'important' })],
  [
    'T03',
    'a trigger that puts',
    (definition) => {
      const item = definition.paths['/hooks'] ?? {};
      item['put'] = item['post'];
      delete item['post'];
    },
  ],
  ['T04', 'an internal body', parameter('NoteAdded', 'body', { 'x-ms-visibility': 'internal' })],
  ['T04', 'an internal root', body('NoteAdded', { 'x-ms-visibility': 'internal' })],
  ['T05', 'a public neighbour', hooks({ get: { operationId: 'ListHooks', responses: {} } })],
  ['T06', 'no hint', operation('NoteAdded', { 'x-ms-trigger-hint': 'Add a note.' })],
];
