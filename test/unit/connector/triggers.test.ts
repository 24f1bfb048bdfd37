import { describe, expect, test } from 'vitest';

import { checkOperations } from '../../../src/connector/check-operations.ts';
import { createParameters } from '../../../src/connector/create/parameters.ts';
import { createPaths } from '../../../src/connector/create/paths.ts';
import { createResponses } from '../../../src/connector/create/responses.ts';
import { createSchema } from '../../../src/connector/create/schemas.ts';
import type { PathItem, SchemaObject } from '../../../src/connector/create/types.ts';
import { GeneratorError } from '../../../src/connector/generator-error.ts';
import { inHeader, inPath } from '../../../src/operation/define-operation.ts';
import type { Operation } from '../../../src/operation/define-operation.ts';
import { asJsonSchema, list, object, optional, text } from '../../../src/operation/schema.ts';
import type { Schema } from '../../../src/operation/schema.ts';

const label = { title: 'Label', description: 'What it is.' };
const callback = text({ ...label, visibility: 'internal', notificationUrl: true });
const page = object({ Text: text(label), Tags: optional(list(text(label), label)) });

type AnyOperation = Operation<never>;
type Trigger = NonNullable<AnyOperation['trigger']>;

const nothing = { errors: [], scopes: ['Gateway.Send'], handler: async () => ({ body: undefined }) } as const;

const trigger: Trigger = {
  hint: 'To see it work, add a page.',
  notification: { description: 'The page that was added.', schema: page },
};

const pageAdded: AnyOperation = {
  ...nothing,
  operationId: 'PageAdded',
  method: 'POST',
  path: '/books/{Book}/hooks',
  summary: 'When a page is added',
  description: 'This operation triggers when a page is added.',
  visibility: 'important',
  parameters: { Book: inPath(text(label)) },
  trigger,
  body: { name: 'body', description: 'Where to call.', schema: object({ Options: object({ Url: callback }, label) }) },
  answer: { status: 201, description: 'It is registered.', schema: object({ Id: text(label) }) },
};

const removeHook: AnyOperation = {
  ...nothing,
  operationId: 'RemoveHook',
  method: 'DELETE',
  path: '/hooks/{Hook}',
  summary: 'Remove hook',
  description: 'Remove what a trigger registered.',
  visibility: 'internal',
  parameters: { Hook: inPath(text(label)) },
  answer: { status: 204, description: 'It is gone.' },
};

const listHooks: AnyOperation = {
  ...removeHook,
  operationId: 'ListHooks',
  method: 'GET',
  path: pageAdded.path,
  parameters: pageAdded.parameters,
};

function complaintsAbout(...records: AnyOperation[]): readonly string[] {
  try {
    checkOperations(records);
  } catch (error) {
    if (error instanceof GeneratorError) return error.complaints;
    throw error;
  }
  return [];
}

const withBody = (schema: Schema): AnyOperation => ({
  ...pageAdded,
  body: { name: 'body', description: 'A body.', schema },
});
const withNotification = (change: Partial<Trigger['notification']>): AnyOperation => ({
  ...pageAdded,
  trigger: { ...trigger, notification: { ...trigger.notification, ...change } },
});

describe('a trigger is written', () => {
  const written = createPaths([pageAdded, removeHook, listHooks]);

  test('with its hint on the operation, and its notification after all methods of the path', () => {
    expect(written[pageAdded.path]).toStrictEqual<PathItem>({
      post: {
        operationId: 'PageAdded',
        summary: 'When a page is added',
        description: 'This operation triggers when a page is added.',
        'x-ms-visibility': 'important',
        'x-ms-trigger': 'single',
        'x-ms-trigger-hint': 'To see it work, add a page.',
        parameters: createParameters(pageAdded),
        responses: createResponses(pageAdded),
        security: [{ 'oauth2-auth': ['Gateway.Send'] }],
      },
      get: createPaths([listHooks])[listHooks.path]!.get!,
      'x-ms-notification-content': {
        description: 'The page that was added.',
        schema: {
          type: 'object',
          properties: {
            Text: { ...label, type: 'string' },
            Tags: { ...label, type: 'array', items: { ...label, type: 'string' } },
          },
          required: ['Text'],
        },
      },
    });
    expect(Object.keys(written[pageAdded.path]!)).toEqual(['post', 'get', 'x-ms-notification-content']);
    expect(Object.keys(written)).toEqual([pageAdded.path, removeHook.path]);
  });

  test('and other operations have none of its keywords', () => {
    expect(JSON.stringify(written[removeHook.path])).not.toMatch(/x-ms-(?:trigger|notification)/);
  });

  test('with the field that takes the callback', () => {
    expect(createSchema(asJsonSchema(callback))).toStrictEqual<SchemaObject>({
      ...label,
      type: 'string',
      'x-ms-visibility': 'internal',
      'x-ms-notification-url': true,
    });
  });
});

describe('a trigger is accepted', () => {
  test.each<[string, AnyOperation[]]>([
    ['with the operation that removes it', [pageAdded, removeHook]],
    ['with an internal neighbour on its path', [pageAdded, removeHook, listHooks]],
    ['with an answer of 200', [{ ...pageAdded, answer: { ...pageAdded.answer, status: 200 } }, removeHook]],
    ['with the callback at the top', [withBody(object({ Url: callback })), removeHook]],
    [
      'with the callback in an internal object',
      [
        withBody(
          object({
            O: object({ Url: text({ ...label, notificationUrl: true }) }, { ...label, visibility: 'internal' }),
          }),
        ),
        removeHook,
      ],
    ],
  ])('%s', (_, records) => {
    expect(complaintsAbout(...records)).toEqual([]);
  });
});

describe('a trigger is refused', () => {
  const url = 'the callback address';
  const plain = text({ ...label, visibility: 'internal' });

  test.each<[string, AnyOperation, ...string[]]>([
    ['that uses PUT', { ...pageAdded, method: 'PUT' }, ': a trigger must register with POST'],
    [
      'whose answer is empty',
      { ...pageAdded, answer: { status: 204, description: 'It is registered.' } },
      ': a trigger must answer 200 or 201 with a body',
    ],
    [
      'whose answer has no schema',
      { ...pageAdded, answer: { status: 201, description: 'It is registered.' } },
      ': a trigger must answer 200 or 201 with a body',
    ],
    ...['', 'Add a page.', 'To see it work, add a page', 'To see it work, .', 'To see it work: add a page.'].map(
      (hint): [string, AnyOperation, string] => [
        `with the hint "${hint}"`,
        { ...pageAdded, trigger: { ...trigger, hint } },
        ': the hint must be of the form "To see it work, ...."',
      ],
    ),
    ['without a callback', withBody(object({ Url: plain })), `/body: 0 fields take ${url}`],
    [
      'with two callbacks',
      withBody(object({ A: callback, B: object({ C: callback }, label) })),
      `/body: 2 fields take ${url}`,
    ],
    [
      'with an optional callback',
      withBody(object({ Url: optional(callback) })),
      `/body/Url: ${url} and every object around it must be required`,
    ],
    [
      'with a callback in an optional object',
      withBody(object({ O: optional(object({ Url: callback }, label)) })),
      `/body/O/Url: ${url} and every object around it must be required`,
    ],
    [
      'with a callback in a list',
      withBody(object({ L: list(object({ Url: callback }), label) })),
      `/body/L/items/Url: ${url} and every object around it must be required`,
    ],
    [
      'with a callback that makers see',
      withBody(object({ O: object({ Url: text({ ...label, notificationUrl: true }) }, label) })),
      `/body/O/Url: ${url} or an object around it must be internal`,
    ],
    [
      'with an internal body, which makes no callback internal',
      withBody(object({ Url: text({ ...label, notificationUrl: true }) }, { ...label, visibility: 'internal' })),
      '/body: the whole body must not be internal',
      `/body/Url: ${url} or an object around it must be internal`,
    ],
    [
      'with a callback that is not a text',
      withBody(
        object({
          Url: { ...label, type: 'boolean', 'x-ms-visibility': 'internal', 'x-ms-notification-url': true },
        }),
      ),
      `/body/Url: ${url} must be a text`,
    ],
    [
      'with a second callback in a header',
      { ...pageAdded, parameters: { ...pageAdded.parameters, Url: inHeader(callback) } },
      `/parameters/Url: only the body of a trigger may take ${url}`,
    ],
    [
      'with a second callback in the notification',
      withNotification({ schema: object({ Url: callback }) }),
      `/notification/Url: only the body of a trigger may take ${url}`,
    ],
    [
      'whose notification has no description',
      withNotification({ description: ' ' }),
      '/notification: the description is missing',
    ],
    ...[object({}), text(label), list(page)].map((schema): [string, AnyOperation, string] => [
      `whose notification is ${JSON.stringify(schema).slice(0, 20)}`,
      withNotification({ schema }),
      '/notification: the notification must be an object with fields',
    ]),
    [
      'whose notification has a field without label',
      withNotification({ schema: object({ Text: { type: 'string', description: 'What it is.' } }) }),
      '/notification/Text: the label (title) is missing',
    ],
    [
      'whose notification has a keyword that Swagger 2.0 lacks',
      withNotification({ schema: object({ Text: { ...label, type: 'string', nullable: true } }) }),
      "/notification/Text: Swagger 2.0 has no keyword 'nullable'",
    ],
  ])('%s', (_, record, ...complaints) => {
    expect(complaintsAbout(record, removeHook)).toEqual(complaints.map((complaint) => `/PageAdded${complaint}`));
  });

  test('without a body', () => {
    const { body: _, ...bodiless } = pageAdded;
    expect(complaintsAbout(bodiless, removeHook)).toEqual([`/PageAdded/body: 0 fields take ${url}`]);
  });

  test.each<[string, Partial<AnyOperation>]>([
    ['is a POST', { method: 'POST' }],
    ['is visible to makers', { visibility: 'important' }],
    ['has a body', { body: { name: 'body', description: 'A body.', schema: page } }],
    ['needs a header', { parameters: { ...removeHook.parameters, Kind: inHeader(text(label)) } }],
    ['has no parameter in its path', { parameters: {}, path: '/hooks' }],
  ])('if the operation that removes it %s', (_, change) => {
    expect(complaintsAbout(pageAdded, { ...removeHook, ...change })).toEqual([
      '/PageAdded: an internal DELETE with parameters in its path only must remove the registration',
    ]);
  });

  test('if its path has another operation that makers see', () => {
    const { visibility: _, ...seen } = listHooks;
    for (const neighbour of [seen, { ...listHooks, visibility: 'advanced' } as const]) {
      expect(complaintsAbout(pageAdded, removeHook, neighbour)).toEqual([
        "/PageAdded: 'ListHooks' has the same path; only internal operations that are no trigger may share it",
      ]);
    }
  });

  test('if its path has another trigger, even an internal one', () => {
    const other: AnyOperation = { ...pageAdded, operationId: 'PageGone', method: 'PUT', visibility: 'internal' };
    expect(complaintsAbout(pageAdded, removeHook, other)).toEqual([
      "/PageAdded: 'PageGone' has the same path; only internal operations that are no trigger may share it",
      '/PageGone: a trigger must register with POST',
      "/PageGone: 'PageAdded' has the same path; only internal operations that are no trigger may share it",
    ]);
  });
});

describe('refuses a callback in an operation that is not a trigger', () => {
  const { trigger: _, ...action } = pageAdded;

  test.each<[string, AnyOperation, string]>([
    ['in its body', action, 'body/Options/Url'],
    ['in a header', { ...removeHook, parameters: { ...removeHook.parameters, U: inHeader(callback) } }, 'parameters/U'],
    [
      'in a list of its answer',
      { ...listHooks, answer: { status: 200, description: 'The hooks.', schema: list(object({ Url: callback })) } },
      'answer/items/Url',
    ],
  ])('%s', (_, record, place) => {
    expect(complaintsAbout(record)).toEqual([
      `/${record.operationId}/${place}: only the body of a trigger may take the callback address`,
    ]);
  });
});
