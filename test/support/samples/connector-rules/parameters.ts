import { bodyOf, eachOperation, operationsOf, parametersOf, placesOf, unless } from './document.ts';
import type { LooseSchema, Place, Rule, Standing } from './document.ts';
import { valueParameterNames } from './operations.ts';

const smallWords = new Set([
  'a',
  'an',
  'and',
  'as',
  'at',
  'by',
  'for',
  'from',
  'in',
  'of',
  'on',
  'or',
  'per',
  'the',
  'to',
]);

function isTitleCase(label: string): boolean {
  return label.split(/[\s-]+/).every((word, index) => /^[A-Z0-9(]/.test(word) || (index > 0 && smallWords.has(word)));
}

type Source = { parameter?: string; parameterReference?: string; value?: unknown } | string | boolean | number;

/** A dynamic extension: who fills a dropdown or a form, from what. */
interface DynamicCall {
  place: Place;
  keyword: string;
  operationId: string;
  collection: string | undefined;
  paths: string[];
  sources: [string, Source][];
}

const dynamicKeywords = [
  'x-ms-dynamic-values',
  'x-ms-dynamic-list',
  'x-ms-dynamic-schema',
  'x-ms-dynamic-properties',
] as const;

function newerSpelling(keyword: string): string {
  return keyword.replace(/-values$/, '-list').replace(/-schema$/, '-properties');
}

function dynamicCallsOf(standing: Standing): DynamicCall[] {
  return placesOf(standing).flatMap((place) =>
    dynamicKeywords.flatMap((keyword) => {
      const call = place.schema[keyword] as Record<string, unknown> | undefined;
      if (call === undefined) return [];
      const text = (name: string): string | undefined => call[name] as string | undefined;
      const paths = [text('value-path'), text('value-title'), text('itemValuePath'), text('itemTitlePath')];
      return [
        {
          place,
          keyword,
          operationId: text('operationId') ?? '',
          collection: text('value-collection') ?? text('itemsPath'),
          paths: paths.filter((path) => path !== undefined),
          sources: Object.entries((call['parameters'] ?? {}) as Record<string, Source>),
        },
      ];
    }),
  );
}

/** The parameter or body property that a source names; undefined for a literal. */
function referenceOf(source: Source): string | undefined {
  return typeof source === 'object' ? (source.parameter ?? source.parameterReference) : undefined;
}

function resolve(standing: Standing, reference: string): Place | undefined {
  return placesOf(standing).find(({ place, side }) => side === 'in' && place === reference);
}

function follow(schema: LooseSchema | undefined, path: string): LooseSchema | undefined {
  return path.split('/').reduce((inner, step) => inner?.properties?.[step], schema);
}

function checkTarget(call: DynamicCall, caller: Standing, target: Standing): string[] {
  const { keyword, collection, paths, sources } = call;
  const answer = target.operation.responses['200']?.schema;
  const isList = keyword === 'x-ms-dynamic-values' || keyword === 'x-ms-dynamic-list';
  const list = collection === undefined ? answer : follow(answer, collection);
  const given = new Map(sources);
  const needed = parametersOf(target.operation).filter(
    ({ in: place, required }) => place !== 'body' && required === true,
  );
  return [
    ...(isList
      ? [
          ...unless(list?.items !== undefined, `${target.id} gives no list`),
          ...paths
            .filter((path) => list?.items !== undefined && follow(list.items, path) === undefined)
            .map((path) => `${target.id} has no ${path}`),
          // Without paths, a designer takes each entry itself for value and title, which only a plain text can be.
          ...unless(
            paths.length === 2 || (paths.length === 0 && (list?.items === undefined || list.items.type === 'string')),
            `${target.id} needs a path to value and title`,
          ),
        ]
      : paths.filter((path) => follow(answer, path) === undefined).map((path) => `${target.id} has no ${path}`)),
    ...needed.filter(({ name }) => !given.has(name)).map(({ name }) => `${target.id} needs ${name}`),
    ...sources.flatMap(([name, source]) => {
      const wanted = parametersOf(target.operation).find((parameter) => parameter.name === name);
      if (wanted === undefined) return [`${target.id} has no parameter ${name}`];
      const reference = referenceOf(source);
      if (reference === undefined) {
        const literal = typeof source === 'object' ? source.value : source;
        return unless(typeof literal === wanted.type, `${name} gets ${JSON.stringify(literal)}`);
      }
      const origin = resolve(caller, reference);
      return [
        ...unless(origin !== undefined, `${name} comes from ${reference}, which doesn't exist`),
        ...unless(origin === undefined || origin.schema.type === wanted.type, `${name} gets another type`),
        ...unless(origin?.internal !== true, `${name} comes from ${reference}, which is internal`),
      ];
    }),
  ];
}

export const parameterRules: readonly Rule[] = [
  {
    id: 'P01',
    sentence:
      'what makers see has a label in title case and a description of its own; path parameters say how they are encoded',
    check: eachOperation((standing) => [
      ...placesOf(standing)
        .filter(({ role, internal }) => standing.isPublic && !internal && (role === 'parameter' || role === 'field'))
        .flatMap(({ place, schema }) => {
          const label = (schema['x-ms-summary'] as string | undefined) ?? schema.title ?? '';
          const { description = '' } = schema;
          return [
            ...unless(label.length > 0 && label.length <= 80, `${place} has the label "${label}"`),
            ...unless(isTitleCase(label), `${place}: "${label}" is not in title case`),
            ...unless(description.endsWith('.'), `${place}: "${description}" is not a sentence`),
            ...unless(description.replace(/\.$/, '') !== label, `${place}: the description repeats the label`),
          ];
        }),
      ...parametersOf(standing.operation).flatMap(({ name, in: where, required, ...rest }) => [
        ...unless(where !== 'path' || rest['x-ms-url-encoding'] === 'single', `${name} has no encoding`),
        ...unless(where === 'path' || rest['x-ms-url-encoding'] === undefined, `${name} has an encoding`),
        ...unless(where !== 'path' || required === true, `${name} is in the path, but not required`),
      ]),
    ]),
  },
  {
    id: 'P02',
    sentence: 'internal inputs are required exactly where they have a default, and names are plain',
    check: eachOperation((standing) => [
      ...placesOf(standing)
        .filter(({ side, role }) => side === 'in' && (role === 'parameter' || role === 'field'))
        .flatMap(({ place, schema, required }) => {
          if (schema['x-ms-visibility'] !== 'internal' || schema['x-ms-notification-url'] === true) return [];
          const hasDefault = schema.default !== undefined;
          return [
            ...unless(!required || hasDefault, `${place} is internal and required, but has no default`),
            ...unless(!hasDefault || required, `${place} is internal and has a default, but is not required`),
          ];
        }),
      ...parametersOf(standing.operation)
        .filter(({ name }) => name === 'connectionId' || !/^[\x20-\x7e]+$/.test(name))
        .map(({ name }) => `the name ${name}`),
    ]),
  },
  {
    id: 'P03',
    sentence: 'there is one body, it is called body, and nothing dynamic stands outside its schema',
    check: eachOperation(({ operation }) => {
      const bodies = parametersOf(operation).filter((parameter) => parameter.in === 'body');
      return [
        ...unless(bodies.length <= 1, `${bodies.length} bodies`),
        ...bodies.flatMap((body) => [
          ...unless(body.schema !== undefined, `${body.name} has no schema`),
          ...unless(body.name === 'body', `the body is called "${body.name}"`),
          ...dynamicKeywords
            .filter((keyword) => body[keyword] !== undefined)
            .map((keyword) => `${keyword} on the body`),
        ]),
      ];
    }),
  },
  {
    id: 'P04',
    sentence: 'what fills a dropdown is named without ambiguity',
    check: eachOperation((standing) => {
      const body = bodyOf(standing.operation);
      const fields = new Set(
        body === undefined
          ? []
          : placesOf(standing)
              .filter(({ role, side }) => role === 'field' && side === 'in')
              .map(({ name }) => name),
      );
      const parameters = valueParameterNames(standing);
      return dynamicCallsOf(standing).flatMap(({ place, keyword, sources }) => {
        const newer = newerSpelling(keyword);
        return sources.flatMap(([, source]) => {
          const reference = referenceOf(source);
          if (reference === undefined || keyword === newer || place.schema[newer] !== undefined) return [];
          return [
            ...unless(!fields.has(reference), `${place.place}: ${reference} is in the body, so it needs ${newer}`),
            ...unless(
              parameters.includes(reference) || fields.has(reference),
              `${place.place}: ${reference} is no parameter, so it needs ${newer}`,
            ),
          ];
        });
      });
    }),
  },
  {
    id: 'P05',
    sentence: 'what fills a dropdown exists, gives what is looked for, and gets what it needs',
    check: eachOperation((standing, definition) =>
      dynamicCallsOf(standing).flatMap((call) => {
        const target = operationsOf(definition).find(({ id }) => id === call.operationId);
        const violations =
          target === undefined ? [`there is no ${call.operationId}`] : checkTarget(call, standing, target);
        return violations.map((violation) => `${call.place.place}, ${call.keyword}: ${violation}`);
      }),
    ),
  },
  {
    id: 'P06',
    sentence: 'both spellings of a dynamic extension mean the same',
    check: eachOperation((standing) => {
      const calls = dynamicCallsOf(standing);
      return calls.flatMap(({ place, keyword, operationId, paths, collection, sources }) => {
        const twin = calls.find((other) => other.place === place && other.keyword === newerSpelling(keyword));
        if (newerSpelling(keyword) === keyword || twin === undefined) return [];
        const meaning = (list: [string, Source][]): string =>
          JSON.stringify(
            list.map(([name, source]) => {
              const reference = referenceOf(source);
              const literal = typeof source === 'object' ? source.value : source;
              return [name, reference?.split('/').at(-1) ?? literal];
            }),
          );
        const wanted =
          keyword === 'x-ms-dynamic-schema' ? paths.map((path) => path.replace(/\/?properties$/, '')) : paths;
        return [
          ...unless(twin.operationId === operationId, `${place.place}: other operations`),
          ...unless(twin.collection === collection, `${place.place}: other lists`),
          ...unless(twin.paths.join() === wanted.join(), `${place.place}: other paths`),
          ...unless(meaning(twin.sources) === meaning(sources), `${place.place}: other parameters`),
        ];
      });
    }),
  },
  {
    id: 'P07',
    sentence: 'no parameter is a header that the platform sets itself',
    check: eachOperation(({ operation }) =>
      parametersOf(operation)
        .filter(({ name, in: where }) => where === 'header' && /^(content-type|accept)$/i.test(name))
        .map(({ name }) => `header ${name}`),
    ),
  },
  {
    id: 'P08',
    sentence: 'no path parameter has a blank in its name',
    check: eachOperation(({ operation }) =>
      parametersOf(operation)
        .filter(({ name, in: where }) => where === 'path' && /\s/.test(name))
        .map(({ name }) => `path parameter "${name}"`),
    ),
  },
];

/** Whether a property is required, and so is every one that it is in. */
export function isRequiredAllTheWay({ required, parents }: Place): boolean {
  return required && parents.every((parent) => parent.required);
}
