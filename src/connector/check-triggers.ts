import type { Operation } from '../operation/define-operation.ts';
import { asJsonSchema } from '../operation/schema.ts';
import type { JsonSchema } from '../operation/schema.ts';
import { checkSchema } from './check-vocabulary.ts';

/*
 * The rules are those of the platform's checks and designers: a trigger that breaks one is refused, is missing from a
 * designer's lists, or registers and is then never called or never removed.
 */

/**
 * Checks an operation as a trigger, or that one which is none has nothing of a trigger. Returns one line per complaint,
 * each beginning with the place.
 */
export function checkTriggers(operation: Operation<never>, all: readonly Operation<never>[]): string[] {
  const { operationId, trigger } = operation;
  const misplaced = findMisplaced(operation).map(
    (place) => `/${operationId}/${place}: only the body of a trigger takes the address to be called`,
  );
  if (trigger === undefined) return misplaced;
  const complaints = [
    ...(operation.method === 'POST' ? [] : ['a trigger must register with POST']),
    ...(/^To see it work, \S.*\.$/.test(trigger.hint) ? [] : ['the hint must be of the form "To see it work, ...."']),
    ...checkAnswer(operation),
    ...checkNeighbours(operation, all),
    ...(all.some(isRemover) ? [] : ['no internal DELETE with nothing but its path removes what it registers']),
  ];
  return [
    ...complaints.map((complaint) => `/${operationId}: ${complaint}`),
    ...misplaced,
    ...checkCallback(operation).map((complaint) => `/${operationId}/body${complaint}`),
    ...checkNotification(trigger.notification, `/${operationId}/notification`),
  ];
}

/** A field that takes the address to be called. */
interface Callback {
  /** From the schema on that was searched; empty for its root. */
  place: string;
  type: string | undefined;
  /** Whether it is required, and so is every object that it is in. */
  required: boolean;
  /** Whether it is internal by itself or by an object that it is in; the root doesn't count. */
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
    // A list may be empty, and have many.
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
  return status !== 204 && schema !== undefined ? [] : ['a trigger must answer 201 or 200, and with a body'];
}

/** The notification belongs to the whole path, and Power Apps passes over every operation that has one beside it. */
function checkNeighbours({ operationId, path }: Operation<never>, all: readonly Operation<never>[]): string[] {
  return all
    .filter((other) => other.path === path && other.operationId !== operationId)
    .filter(({ trigger, visibility }) => trigger !== undefined || visibility !== 'internal')
    .map((other) => `'${other.operationId}' has its path, which only internal operations may have that are no trigger`);
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
    ...(callbacks.length === 1 ? [] : [`: ${callbacks.length} fields take the address to be called`]),
    // With an internal root, the designer of Logic Apps leaves out the whole body.
    ...(schema?.['x-ms-visibility'] === 'internal' ? [': the whole body must not be internal'] : []),
    ...callbacks.flatMap(({ place, type, required, internal }) => [
      ...(type === 'string' ? [] : [`${place}: the address to be called must be a text`]),
      ...(required ? [] : [`${place}: the address to be called must be required, and so must all that it is in`]),
      ...(internal ? [] : [`${place}: the address to be called must be internal, or an object that it is in`]),
    ]),
  ];
}

function checkNotification(
  { description, schema }: NonNullable<Operation<never>['trigger']>['notification'],
  place: string,
): string[] {
  const json = asJsonSchema(schema);
  // Designers split a list into several runs; `single` promises one.
  const hasFields = json.type === 'object' && Object.keys(json.properties ?? {}).length > 0;
  return [
    ...(description.trim() === '' ? [`${place}: the description is missing`] : []),
    ...(hasFields ? checkSchema(json, place) : [`${place}: what is notified must be an object with fields`]),
  ];
}
