import type { Operation } from '../operation/define-operation.ts';
import { asJsonSchema } from '../operation/schema.ts';
import type { JsonSchema } from '../operation/schema.ts';
import { checkSchema } from './check-vocabulary.ts';

/*
 * The rules are those of the platform's checks and designers. If a trigger breaks one, the platform refuses the
 * trigger, a designer omits it from its lists, or the trigger registers and is never called or never removed.
 */

/**
 * Checks a trigger, or checks that any other operation has nothing that only triggers may have. Returns one line for
 * each complaint, which begins with the place.
 */
export function checkTriggers(operation: Operation<never>, all: readonly Operation<never>[]): string[] {
  const { operationId, trigger } = operation;
  const misplaced = findMisplaced(operation).map(
    (place) => `/${operationId}/${place}: only the body of a trigger may take the callback address`,
  );
  if (trigger === undefined) return misplaced;
  const complaints = [
    ...(operation.method === 'POST' ? [] : ['a trigger must register with POST']),
    ...(/^To see it work, \S.*\.$/.test(trigger.hint) ? [] : ['the hint must be of the form "To see it work, ...."']),
    ...checkAnswer(operation),
    ...checkNeighbours(operation, all),
    ...(all.some(isRemover)
      ? []
      : ['an internal DELETE with parameters in its path only must remove the registration']),
  ];
  return [
    ...complaints.map((complaint) => `/${operationId}: ${complaint}`),
    ...misplaced,
    ...checkCallback(operation).map((complaint) => `/${operationId}/body${complaint}`),
    ...checkNotification(trigger.notification, `/${operationId}/notification`),
  ];
}

/** A field that takes the callback address. */
interface Callback {
  /** The path from the searched schema; empty for its root. */
  place: string;
  type: string | undefined;
  /** Whether the field and every object around it are required. */
  required: boolean;
  /** Whether the field or an object around it is internal; the root doesn't count. */
  internal: boolean;
}

function findCallbacks(schema: JsonSchema, at: Omit<Callback, 'type'>): Callback[] {
  const { type, items, properties = {}, required = [] } = schema;
  const inside = (inner: JsonSchema, name: string, isRequired: boolean): Callback[] =>
    findCallbacks(inner, {
      place: `${at.place}/${name}`,
      required: at.required && isRequired,
      internal: at.internal || inner['x-ms-visibility'] === 'internal',
    });
  return [
    ...(schema['x-ms-notification-url'] === undefined ? [] : [{ ...at, type }]),
    // A field in a list is never required: the list may be empty.
    ...(items === undefined ? [] : inside(items, 'items', false)),
    ...Object.entries(properties).flatMap(([name, inner]) => inside(inner, name, required.includes(name))),
  ];
}

function callbacksIn(schema: JsonSchema): Callback[] {
  return findCallbacks(schema, { place: '', required: true, internal: false });
}

function findMisplaced({ parameters, body, answer, trigger }: Operation<never>): string[] {
  const schemas = [
    ...Object.entries(parameters).map(([name, { schema }]) => [`parameters/${name}`, schema] as const),
    ['body', trigger === undefined ? body?.schema : undefined] as const,
    ['answer', answer.schema] as const,
    ['notification', trigger?.notification.schema] as const,
  ];
  return schemas.flatMap(([place, schema]) =>
    schema === undefined ? [] : callbacksIn(asJsonSchema(schema)).map((callback) => `${place}${callback.place}`),
  );
}

function checkAnswer({ answer: { status, schema } }: Operation<never>): string[] {
  return status !== 204 && schema !== undefined ? [] : ['a trigger must answer 200 or 201 with a body'];
}

/**
 * Checks the path's other operations: a notification belongs to the whole path, and Power Apps hides those beside it.
 */
function checkNeighbours({ operationId, path }: Operation<never>, all: readonly Operation<never>[]): string[] {
  return all
    .filter((other) => other.path === path && other.operationId !== operationId)
    .filter(({ trigger, visibility }) => trigger !== undefined || visibility !== 'internal')
    .map(
      (other) => `'${other.operationId}' has the same path; only internal operations that are no trigger may share it`,
    );
}

function isRemover({ method, visibility, parameters, body }: Operation<never>): boolean {
  const places = Object.values(parameters).map((parameter) => parameter.in);
  return (
    method === 'DELETE' &&
    visibility === 'internal' &&
    body === undefined &&
    places.length > 0 &&
    places.every((place) => place === 'path')
  );
}

function checkCallback({ body }: Operation<never>): string[] {
  const schema = body && asJsonSchema(body.schema);
  const callbacks = schema === undefined ? [] : callbacksIn(schema);
  return [
    ...(callbacks.length === 1 ? [] : [`: ${callbacks.length} fields take the callback address`]),
    // If the root is internal, the designer of Logic Apps omits the whole body.
    ...(schema?.['x-ms-visibility'] === 'internal' ? [': the whole body must not be internal'] : []),
    ...callbacks.flatMap(({ place, type, required, internal }) => [
      ...(type === 'string' ? [] : [`${place}: the callback address must be a text`]),
      ...(required ? [] : [`${place}: the callback address and every object around it must be required`]),
      ...(internal ? [] : [`${place}: the callback address or an object around it must be internal`]),
    ]),
  ];
}

function checkNotification(
  { description, schema }: NonNullable<Operation<never>['trigger']>['notification'],
  place: string,
): string[] {
  const json = asJsonSchema(schema);
  // `single` promises one run, but designers would split a list into several.
  const hasFields = json.type === 'object' && Object.keys(json.properties ?? {}).length > 0;
  return [
    ...(description.trim() === '' ? [`${place}: the description is missing`] : []),
    ...(hasFields ? checkSchema(json, place) : [`${place}: the notification must be an object with fields`]),
  ];
}
