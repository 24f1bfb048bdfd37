import * as fc from 'fast-check';

import { isRequired } from '../../src/operation/define-operation.ts';
import type { Operation, Parameter } from '../../src/operation/define-operation.ts';
import { asJsonSchema } from '../../src/operation/schema.ts';
import { operations } from '../../src/operations.ts';
import { goodInOperation, goodServices, goodValues } from './good-values.ts';
import type { GoodValues, KnownIds } from './good-values.ts';
import { hostileText } from './hostile-values.ts';
import { mixed, valuesOf } from './schema-values.ts';
import type { Mix } from './schema-values.ts';

/** A request as it goes over the wire. */
export interface FuzzRequest {
  method: string;
  /** The path after the base path. */
  path: string;
  headers: readonly (readonly [name: string, value: string])[];
  body?: string;
  /** The encoding of the body; in latin1, letters beyond ASCII are not valid UTF-8. */
  encoding: 'utf8' | 'latin1';
}

const mixes: readonly [weight: number, mix: Mix][] = [
  [2, { good: 1, almost: 0, hostile: 0 }],
  [6, { good: 24, almost: 2, hostile: 1 }],
  [2, { good: 2, almost: 1, hostile: 1 }],
];

/** Generates requests to every operation: valid, nearly valid and hostile ones. */
export function requestsOf(known: KnownIds, now: Date): fc.Arbitrary<FuzzRequest> {
  const good = goodValues(known, now);
  // Deleting all contacts is rare, so that other requests find contacts.
  const weightOf = ({ body, operationId }: Operation<never>): number =>
    operationId === 'DeleteAllGroupContacts' ? 1 : body === undefined ? 3 : 6;
  return fc.oneof(
    ...operations.flatMap((operation) =>
      mixes.map(([weight, mix]) => ({
        weight: weight * weightOf(operation),
        arbitrary: requestsTo(operation, { mix, good: forOperation(operation, good), known }),
      })),
    ),
  );
}

/** Adapts the valid values to an operation. */
function forOperation({ operationId, service }: Operation<never>, good: GoodValues): GoodValues {
  const more = new Map([...good, ...(goodInOperation[operationId] ?? [])]);
  if (service !== undefined) more.set(service.parameter, fc.constantFrom(...goodServices(service)));
  return more;
}

interface Circumstances {
  mix: Mix;
  good: GoodValues;
  known: KnownIds;
}

function requestsTo(operation: Operation<never>, circumstances: Circumstances): fc.Arbitrary<FuzzRequest> {
  const { mix, good, known } = circumstances;
  const placed = (place: Parameter['in']): [string, Parameter][] =>
    Object.entries(operation.parameters).filter(([, parameter]) => parameter.in === place);
  const given = (place: Parameter['in']) =>
    fc.tuple(
      ...placed(place).map(([name, parameter]) =>
        fc.tuple(fc.constant(name), parameterValue(name, parameter, { mix, good })),
      ),
    );
  const schema = operation.body && asJsonSchema(operation.body.schema);
  return fc
    .record({
      method: rarely(mix, fc.constant(operation.method), fc.constantFrom('GET', 'PUT', 'PATCH', 'HEAD', 'OPTIONS')),
      parts: given('path'),
      query: given('query'),
      headers: given('header'),
      spelling: rarely(mix, fc.constant(asIs), fc.constantFrom(...spellings)),
      authorization: rarely(mix, fc.constant(`Bearer ${known.token}`), otherAuthorization(known)),
      contentType: rarely(mix, fc.constant('application/json'), contentTypes),
      body: schema === undefined ? fc.constant(undefined) : bodies(valuesOf(schema, '', mix, good), mix),
    })
    .map(({ method, parts, query, headers, spelling, authorization, contentType, body }) => {
      const path = parts.reduce<string>(
        (text, [name, value]) => text.replace(`{${name}}`, () => value ?? ''),
        operation.path,
      );
      const search = query.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join('&');
      return {
        method,
        path: spelling(path) + (search === '' ? '' : `?${search}`),
        headers: [
          ...headers.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
          ...(authorization === undefined ? [] : [['Authorization', authorization] as const]),
          ...(body === undefined || contentType === undefined ? [] : [['Content-Type', contentType] as const]),
        ],
        encoding: 'utf8' as const,
        ...body,
      };
    });
}

function rarely<T>({ almost, hostile }: Mix, standard: fc.Arbitrary<T>, other: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return almost + hostile === 0
    ? standard
    : fc.oneof({ weight: 30, arbitrary: standard }, { weight: 1, arbitrary: other });
}

/** Writes a parameter for its place; undefined omits it. */
function parameterValue(
  name: string,
  parameter: Parameter,
  { mix, good }: Pick<Circumstances, 'mix' | 'good'>,
): fc.Arbitrary<string | undefined> {
  const value = mixed(mix, {
    good: valuesOf(asJsonSchema(parameter.schema), name, { good: 1, almost: 0, hostile: 0 }, good),
    almost: valuesOf(asJsonSchema(parameter.schema), name, { good: 0, almost: 1, hostile: 0 }, good),
    hostile: hostileText,
  }).map(String);
  const spelled = parameter.in === 'header' ? value : rarely(mix, value.map(encoded), value.map(visible));
  if (isRequired(parameter)) return rarely<string | undefined>(mix, spelled, fc.constant(undefined));
  return fc.option(spelled, { nil: undefined });
}

const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());

/** Removes characters that no request line can hold; keeps percent signs, slashes, dots and quotes. */
const visible = (text: string): string => text.toWellFormed().replaceAll(/[^\x21-\x7e]/g, '');

const asIs = (path: string): string => path;
const spellings = [
  (path: string) => path.toUpperCase(),
  (path: string) => `${path}/`,
  (path: string) => path.replaceAll('/', '//'),
  (path: string) => `/x/..${path}`,
  (path: string) => `/%2e%2e${path}`,
  (path: string) => `${path}/..`,
  (path: string) => path.replaceAll('/', String.raw`\\`),
  (path: string) => `${path};a=b`,
  (path: string) => `${path}%00`,
];

function otherAuthorization(known: KnownIds): fc.Arbitrary<string | undefined> {
  return fc.oneof(
    fc.constantFrom(undefined, '', 'Bearer', 'Bearer ', 'Basic eDp4', `Bearer ${known.otherToken}`, known.token),
    fc.constantFrom(
      `Bearer ${known.token.slice(0, -2)}`,
      `Bearer ${known.token}, Bearer x`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
    ),
    hostileText.map((text) => `Bearer ${visible(text).slice(0, 4_000)}`),
  );
}

const contentTypes = fc.oneof(
  fc.constantFrom(
    undefined,
    '',
    'text/plain',
    'application/json; charset=utf-16',
    'APPLICATION/JSON;charset=utf-8',
    'application/vnd.api+json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonx',
  ),
  hostileText.map((text) => visible(text).slice(0, 200)),
);

type BodyParts = Pick<FuzzRequest, 'body'> & Partial<Pick<FuzzRequest, 'encoding'>>;

/** Writes a value as JSON, or as a text that only resembles it. */
function bodies(values: fc.Arbitrary<unknown>, mix: Mix): fc.Arbitrary<BodyParts> {
  const texts = values.map((value) => JSON.stringify(value));
  return rarely<BodyParts>(
    mix,
    texts.map((body) => ({ body })),
    fc.oneof(
      fc.tuple(texts, fc.constantFrom(...damages)).map(([text, damage]) => ({ body: damage(text) })),
      texts.map((text) => ({ body: text.replace('"', '"\u00e9\u00ff'), encoding: 'latin1' as const })),
      hostileText.map((body) => ({ body })),
      fc.constantFrom('', 'null', '[]', '""', '0', '{', '{}', 'NaN', '1e999').map((body) => ({ body })),
    ),
  );
}

const damages = [
  (text: string) => text.slice(0, -1),
  (text: string) => `\ufeff${text}`,
  (text: string) => `${text}${text}`,
  (text: string) => text.replace(/,?\}$/, ',}'),
  (text: string) => text.replaceAll('"', "'"),
  (text: string) => `[${text}]`,
  (text: string) => JSON.stringify(text),
  (text: string) => text.replace('{', '{"__proto__":{"Content":"x"},'),
  // The same field twice: the last one counts.
  (text: string) => text.replace(/^\{("[^"]*"):/, '{$1:{},$1:'),
  (text: string) => text.replace(/"[^"]*"\}/, '1e400}'),
  (text: string) => text.replace(/"[^"]*"\}/, '"\\ud800"}'),
  (text: string) => `${'['.repeat(5_000)}${text}${']'.repeat(5_000)}`,
];
