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
const notified = object({ Text: text(label), Tags: optional(list(text(label), label)) });

type AnyOperation = Operation<never>;
type Trigger = NonNullable<AnyOperation['trigger']>;

const nothing = { errors: [], scopes: ['Gateway.Send'], handler: async () => ({ body: undefined }) } as const;

const trigger: Trigger = {
  hint: 'To see it work, add a page.',
  notification: { description: 'The page that was added.', schema: notified },
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

  test('with its hint on the operation, and what it notifies of beside it, after all methods of the path', () => {
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

  test('and no other operation has anything of it', () => {
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
    ['with what removes it', [pageAdded, removeHook]],
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
  const url = 'the address to be called';
  const plain = text({ ...label, visibility: 'internal' });

  test.each<[string, AnyOperation, ...string[]]>([
    ['that puts', { ...pageAdded, method: 'PUT' }, ': a trigger must register with POST'],
    [
      'whose answer is empty',
      { ...pageAdded, answer: { status: 204, description: 'It is registered.' } },
      ': a trigger must answer 201 or 200, and with a body',
    ],
    [
      'whose answer has no schema',
      { ...pageAdded, answer: { status: 201, description: 'It is registered.' } },
      ': a trigger must answer 201 or 200, and with a body',
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
      `/body/Url: ${url} must be required, and so must all that it is in`,
    ],
    [
      'with a callback in an optional object',
      withBody(object({ O: optional(object({ Url: callback }, label)) })),
      `/body/O/Url: ${url} must be required, and so must all that it is in`,
    ],
    [
      'with a callback in a list',
      withBody(object({ L: list(object({ Url: callback }), label) })),
      `/body/L/items/Url: ${url} must be required, and so must all that it is in`,
    ],
    [
      'with a callback that makers see',
      withBody(object({ O: object({ Url: text({ ...label, notificationUrl: true }) }, label) })),
      `/body/O/Url: ${url} must be internal, or an object that it is in`,
    ],
    [
      'with an internal body, which makes no callback internal',
      withBody(object({ Url: text({ ...label, notificationUrl: true }) }, { ...label, visibility: 'internal' })),
      '/body: the whole body must not be internal',
      `/body/Url: ${url} must be internal, or an object that it is in`,
    ],
    [
      'with a callback that is no text',
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
      `/parameters/Url: only the body of a trigger takes ${url}`,
    ],
    [
      'with a second callback in what is notified',
      withNotification({ schema: object({ Url: callback }) }),
      `/notification/Url: only the body of a trigger takes ${url}`,
    ],
    [
      'that does not describe what is notified',
      withNotification({ description: ' ' }),
      '/notification: the description is missing',
    ],
    ...[object({}), text(label), list(notified)].map((schema): [string, AnyOperation, string] => [
      `that notifies of ${JSON.stringify(schema).slice(0, 20)}`,
      withNotification({ schema }),
      '/notification: what is notified must be an object with fields',
    ]),
    [
      'that notifies of a field without label',
      withNotification({ schema: object({ Text: { type: 'string', description: 'What it is.' } }) }),
      '/notification/Text: the label (title) is missing',
    ],
    [
      'that notifies of what no schema says',
      withNotification({ schema: object({ Text: { ...label, type: 'string', nullable: true } }) }),
      "/notification/Text: keyword 'nullable' can't be said in Swagger 2.0",
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
    ['makers see', { visibility: 'important' }],
    ['has a body', { body: { name: 'body', description: 'A body.', schema: notified } }],
    ['needs a header', { parameters: { ...removeHook.parameters, Kind: inHeader(text(label)) } }],
    ['has nothing in its path', { parameters: {}, path: '/hooks' }],
  ])('where what removes it %s', (_, change) => {
    expect(complaintsAbout(pageAdded, { ...removeHook, ...change })).toEqual([
      '/PageAdded: no internal DELETE with nothing but its path removes what it registers',
    ]);
  });

  test('where its path has another operation that makers see', () => {
    const { visibility: _, ...seen } = listHooks;
    for (const neighbour of [seen, { ...listHooks, visibility: 'advanced' } as const]) {
      expect(complaintsAbout(pageAdded, removeHook, neighbour)).toEqual([
        "/PageAdded: 'ListHooks' has its path, which only internal operations may have that are no trigger",
      ]);
    }
  });

  test('where its path has another trigger, be it internal', () => {
    const other: AnyOperation = { ...pageAdded, operationId: 'PageGone', method: 'PUT', visibility: 'internal' };
    expect(complaintsAbout(pageAdded, removeHook, other)).toEqual([
      "/PageAdded: 'PageGone' has its path, which only internal operations may have that are no trigger",
      '/PageGone: a trigger must register with POST',
      "/PageGone: 'PageAdded' has its path, which only internal operations may have that are no trigger",
    ]);
  });
});

describe('what is no trigger takes no callback', () => {
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
      `/${record.operationId}/${place}: only the body of a trigger takes the address to be called`,
    ]);
  });
});
