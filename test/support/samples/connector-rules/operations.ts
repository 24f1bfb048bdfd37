import {
  bodyOf,
  eachOperation,
  operationsOf,
  parametersOf,
  placesOf,
  requiredOf,
  textsIn,
  unless,
} from './document.ts';
import type { LooseDefinition, LooseSchema, Place, Rule, Standing } from './document.ts';
import { productNames } from './metadata.ts';

const formats = new Set(
  'int32 int64 float double byte binary date date-time password date-no-tz email html uri uuid'.split(' '),
);
const types = new Set(['string', 'integer', 'number', 'boolean', 'array', 'object', 'file']);
const mediaTypes = new Set([
  'application/json',
  'text/plain',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
]);
const operationExtensions = new Set(
  (
    'api-annotation capabilities no-generic-test operation-context pageable safe-operation summary trigger ' +
    'trigger-hint trigger-metadata notification visibility'
  )
    .split(' ')
    .map((name) => `x-ms-${name}`),
);
const dynamicSchemas = ['x-ms-dynamic-schema', 'x-ms-dynamic-properties'];

interface Annotation {
  family?: string;
  revision?: number;
  status?: string;
  replacement?: { api?: string; operationId?: string };
}

function annotationOf({ operation }: Standing): Annotation | undefined {
  return operation['x-ms-api-annotation'] as Annotation | undefined;
}

/** Words after the first begin small, but for names and abbreviations, which have two capitals. */
function isSentenceCase(summary: string): boolean {
  return summary
    .split(' ')
    .slice(1)
    .every((word) => !/^[A-Z]/.test(word) || (word.match(/[A-Z]/g)?.length ?? 0) > 1);
}

function answersOf({ operation }: Standing): { status: string; schema?: LooseSchema }[] {
  return Object.entries(operation.responses).map(([status, answer]) => ({ status, ...answer }));
}

function checkSchema({ place, schema }: Place): string[] {
  const { type, format, properties, items, enum: values, default: defaultValue } = schema;
  if (schema.$ref !== undefined) return [];
  const fits = (value: unknown): boolean =>
    type === 'integer' ? Number.isInteger(value) : typeof value === String(type) || type === 'array';
  const isDynamic = dynamicSchemas.some((keyword) => schema[keyword] !== undefined);
  const isEmpty = Object.keys(properties ?? {}).length === 0;
  return [
    ...unless(types.has(String(type)), `${place} is of type ${type}`),
    ...unless(format === undefined || formats.has(format), `${place} has format ${format}`),
    ...unless(
      type !== 'object' || !isEmpty || isDynamic || (properties === undefined && schema.additionalProperties === true),
      `${place} is an empty object`,
    ),
    ...unless(type !== 'array' || items !== undefined, `${place} has no items`),
    ...unless(!Array.isArray(schema.required) || schema.required.length > 0, `${place} requires an empty list`),
    ...unless(!Array.isArray(schema.required) || type === 'object', `${place} requires, but is no object`),
    ...requiredOf(schema)
      .filter((name) => !Object.hasOwn(properties ?? {}, name))
      .map((name) => `${place} requires ${name}, which it doesn't define`),
    ...unless(defaultValue === undefined || fits(defaultValue), `${place} has a default of another type`),
    ...(values ?? []).filter((value) => !fits(value)).map((value) => `${place} offers ${String(value)}`),
  ];
}

/** Pairs of paths where a literal of one stands in the place of a parameter of the other, and all else agrees. */
function ambiguousPaths(definition: LooseDefinition): string[] {
  const operations = operationsOf(definition);
  const isParameter = (segment: string): boolean => segment.startsWith('{');
  const overlap = (one: string[], other: string[]): boolean =>
    one.length === other.length &&
    one.every((segment, index) => {
      const opposite = other[index] ?? '';
      return segment === opposite || isParameter(segment) || isParameter(opposite);
    });
  return operations.flatMap(({ id, path }) =>
    operations
      .filter((other) => other.path.toLowerCase() !== path.toLowerCase())
      .filter((other) => overlap(path.toLowerCase().split('/'), other.path.toLowerCase().split('/')))
      .map((other) => `${id}: ${path} beside ${other.path} of ${other.id}`),
  );
}

/** Every `$ref` in a document, with its siblings. */
function referencesIn(value: unknown): { target: string; siblings: number }[] {
  if (typeof value !== 'object' || value === null) return [];
  const target = (value as { $ref?: unknown }).$ref;
  return [
    ...(typeof target === 'string' ? [{ target, siblings: Object.keys(value).length - 1 }] : []),
    ...Object.values(value).flatMap(referencesIn),
  ];
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

export const operationRules: readonly Rule[] = [
  {
    id: 'O01',
    sentence: 'every operation has an id of its own, in PascalCase, with a family where it has a revision',
    check: (definition) => [
      ...repeated(operationsOf(definition).map(({ id }) => id)).map((id) => `${id}: the id is used twice`),
      ...operationsOf(definition).flatMap((standing) => {
        const { operationId = '' } = standing.operation;
        return [
          ...unless(/^[A-Z][A-Za-z0-9]*(_V\d+)?$/.test(operationId), `${standing.id}: the id is "${operationId}"`),
          ...unless(
            !/_V\d+$/.test(operationId) || annotationOf(standing)?.family !== undefined,
            `${standing.id}: a revision without a family`,
          ),
        ];
      }),
    ],
  },
  {
    id: 'O02',
    sentence: 'every summary is plain, short, unique and in sentence case, and a trigger\'s begins "When a"',
    check: (definition) => [
      ...repeated(operationsOf(definition).map(({ operation }) => operation.summary ?? '')).flatMap((summary) =>
        operationsOf(definition)
          .filter(({ operation }) => operation.summary === summary)
          .map(({ id }) => `${id}: the summary "${summary}" is used twice`),
      ),
      ...eachOperation(({ operation: { summary = '', ...operation }, isPublic }) => [
        ...unless(/^[A-Za-z0-9 ()]{0,79}[A-Za-z0-9)]$/.test(summary), `the summary is "${summary}"`),
        // The summary of an internal operation is read by nobody.
        ...unless(!isPublic || isSentenceCase(summary), `"${summary}" is not in sentence case`),
        ...unless(operation['x-ms-trigger'] === undefined || /^When an? /.test(summary), `trigger "${summary}"`),
      ])(definition, { properties: {} }),
    ],
  },
  {
    id: 'O03',
    sentence: "every description is a sentence other than the summary; a trigger's says when it triggers",
    check: eachOperation(({ operation: { summary, description = '', ...operation } }) => [
      ...unless(/^[A-Z].*[.!?)]$/.test(description), `the description is "${description}"`),
      ...unless(description.replace(/[.!?]$/, '').toLowerCase() !== summary?.toLowerCase(), 'repeats the summary'),
      ...unless(
        operation['x-ms-trigger'] === undefined || description.startsWith('This operation triggers when '),
        `the trigger's description is "${description}"`,
      ),
    ]),
  },
  {
    id: 'O04',
    sentence: 'no text names a product of the platform or leaves plain English',
    check: eachOperation(({ operation, item }) =>
      textsIn([operation, item['x-ms-notification-content']]).flatMap((text) => [
        ...unless(!productNames.test(text), `names a product: ${text}`),
        ...unless(/^[\x20-\x7e\n]*$/.test(text), `is not plain: ${text}`),
      ]),
    ),
  },
  {
    id: 'O05',
    sentence: 'every operation has a good answer, and a schema only on one answer, 200 or 201',
    check: eachOperation((standing) => {
      const withSchema = answersOf(standing).filter(({ schema }) => schema !== undefined);
      return [
        ...unless(
          answersOf(standing).some(({ status }) => /^2\d\d$/.test(status)),
          'there is no 2xx answer',
        ),
        ...unless(withSchema.length <= 1, `${withSchema.length} answers have a schema`),
        ...withSchema
          .filter(({ status }) => !['200', '201', 'default'].includes(status))
          .map(({ status }) => `answer ${status} has a schema`),
      ];
    }),
  },
  {
    id: 'O06',
    sentence: 'a default answer has no schema and is not the only one',
    check: eachOperation((standing) => {
      const fallback = answersOf(standing).find(({ status }) => status === 'default');
      return fallback === undefined
        ? []
        : [
            ...unless(fallback.schema === undefined, 'the default answer has a schema'),
            ...unless(answersOf(standing).length > 1, 'the default answer is the only one'),
          ];
    }),
  },
  {
    id: 'O07',
    sentence: 'every schema has legal type, format, items, required names, default and choices, and is not empty',
    check: eachOperation((standing) => placesOf(standing).flatMap(checkSchema)),
  },
  {
    id: 'O08',
    sentence: 'paths are unique, unambiguous and legal, and a GET has no body',
    check: (definition) => [
      ...repeated(Object.keys(definition.paths).map((path) => path.toLowerCase().replaceAll(/\{[^}]*\}/g, '{}'))).map(
        (path) => `${path} stands twice`,
      ),
      ...ambiguousPaths(definition),
      ...eachOperation(({ path, method, operation }) => [
        ...unless(!/[*?#]/.test(path) && path.startsWith('/'), `the path is ${path}`),
        ...unless(method !== 'get' || bodyOf(operation) === undefined, 'a GET has a body'),
      ])(definition, { properties: {} }),
    ],
  },
  {
    id: 'O09',
    sentence: 'deprecated operations say so, replacements are of deprecated ones, and families have one in production',
    check: (definition) => {
      const operations = operationsOf(definition);
      const families = Map.groupBy(
        operations.filter((standing) => annotationOf(standing)?.family !== undefined),
        (standing) => annotationOf(standing)?.family,
      );
      return [
        ...operations.flatMap((standing) => {
          const { summary = '', description = '', deprecated = false } = standing.operation;
          const replacement = annotationOf(standing)?.replacement;
          const marked = [summary, description].every((text) => /\(deprecated\)\.?$/.test(text));
          return [
            ...unless(!deprecated || marked, `${standing.id}: is deprecated, but doesn't say so`),
            ...unless(replacement === undefined || deprecated, `${standing.id}: is replaced, but not deprecated`),
            ...unless(
              replacement === undefined || (replacement.api !== undefined && replacement.operationId !== undefined),
              `${standing.id}: is replaced by nothing that is named`,
            ),
          ];
        }),
        ...[...families].flatMap(([family, members]) => {
          const active = members.filter(({ operation }) => operation.deprecated !== true);
          const ready = active.filter((standing) => annotationOf(standing)?.status === 'Production');
          return [
            ...unless(active.length <= 2, `family ${family} has ${active.length} active operations`),
            ...unless(ready.length <= 1, `family ${family} has ${ready.length} in production`),
          ];
        }),
      ];
    },
  },
  {
    id: 'O10',
    sentence: 'the link to the next page has a legal name, and a policy routes it through the gateway',
    check: (definition, { properties: { policyTemplateInstances = [] } }) =>
      operationsOf(definition).flatMap(({ id, operation }) => {
        const pageable = operation['x-ms-pageable'] as { nextLinkName?: string } | undefined;
        if (pageable === undefined) return [];
        const routed = policyTemplateInstances.some(({ templateId, parameters = {} }) => {
          const on = parameters['x-ms-apimTemplate-operationName'] as string[] | undefined;
          return templateId === 'updatenextlink' && (on === undefined || on.includes(id));
        });
        return [
          ...unless(
            ['nextLink', '@odata.nextLink'].includes(String(pageable.nextLinkName)),
            `${id}: next link ${pageable.nextLinkName}`,
          ),
          ...unless(routed, `${id}: no updatenextlink policy`),
        ];
      }),
  },
  {
    id: 'O11',
    sentence: 'a $ref stands alone and leads to definitions, parameters or responses that exist',
    check: (definition) =>
      referencesIn(definition).flatMap(({ target, siblings }) => {
        const [, section = '', name = ''] = /^#\/(definitions|parameters|responses)\/([^/]+)$/.exec(target) ?? [];
        const exists = Object.hasOwn((definition[section] as object | undefined) ?? {}, name);
        return [...unless(siblings === 0, `${target} has siblings`), ...unless(exists, `${target} leads nowhere`)];
      }),
  },
  {
    id: 'O12',
    sentence: 'every body and every answer has a legal media type',
    check: (definition) =>
      eachOperation(({ operation }) => {
        const { consumes = definition.consumes ?? [], produces = definition.produces ?? [] } = operation;
        return [
          ...unless(
            bodyOf(operation) === undefined || consumes.includes('application/json'),
            'what it takes is unsaid',
          ),
          ...unless(produces.length > 0, 'what it gives is unsaid'),
          ...[...consumes, ...produces].filter((type) => !mediaTypes.has(type)).map((type) => `media type ${type}`),
        ];
      })(definition, { properties: {} }),
  },
  {
    id: 'O13',
    sentence: 'operations have no extension that the platform does not know',
    check: eachOperation(({ operation }) =>
      Object.keys(operation)
        .filter((key) => key.startsWith('x-ms-') && !operationExtensions.has(key))
        .map((key) => `extension ${key}`),
    ),
  },
];

/** The names of an operation's parameters outside the body. */
export function valueParameterNames({ operation }: Standing): string[] {
  return parametersOf(operation)
    .filter((parameter) => parameter.in !== 'body')
    .map(({ name }) => name);
}
