import { operationsOf, parametersOf, placesOf, unless } from './document.ts';
import type { LooseDefinition, LooseSchema, Rule, Standing } from './document.ts';
import { isRequiredAllTheWay } from './parameters.ts';

/** The triggers that register a webhook: all but those that poll, which are GET. */
export function triggersOf(definition: LooseDefinition): Standing[] {
  return operationsOf(definition).filter(
    ({ operation, method }) => operation['x-ms-trigger'] !== undefined && method !== 'get',
  );
}

function eachTrigger(check: (trigger: Standing, definition: LooseDefinition) => string[]): Rule['check'] {
  return (definition) =>
    triggersOf(definition).flatMap((trigger) =>
      check(trigger, definition).map((violation) => `${trigger.id}: ${violation}`),
    );
}

export const triggerRules: readonly Rule[] = [
  {
    id: 'T01',
    sentence:
      'a trigger is single, its path has a notification schema, and one required internal field takes the callback',
    check: eachTrigger(({ operation, item }) => {
      const notification = (item['x-ms-notification-content'] as { schema?: LooseSchema } | undefined)?.schema;
      const callbacks = placesOf({ operation, item: {} }).filter(
        ({ schema }) => schema['x-ms-notification-url'] === true,
      );
      return [
        ...unless(operation['x-ms-trigger'] === 'single', `the trigger is ${String(operation['x-ms-trigger'])}`),
        ...unless(Object.keys(notification?.properties ?? {}).length > 0, 'the notification has no fields'),
        ...placesOf({ operation: { responses: {} }, item })
          .filter(({ role, schema }) => role === 'field' && (schema.description ?? '') === '')
          .map(({ place }) => `${place} has no description`),
        ...unless(callbacks.length === 1, `${callbacks.length} fields take the callback`),
        ...callbacks.flatMap((callback) => [
          ...unless(callback.schema.type === 'string', `${callback.place} is no text`),
          ...unless(callback.internal, `${callback.place} is not internal`),
          ...unless(isRequiredAllTheWay(callback), `${callback.place} is not required all the way up`),
        ]),
      ];
    }),
  },
  {
    id: 'T02',
    sentence: 'an internal DELETE, with nothing but its path, removes what a trigger registered',
    check: eachTrigger((_, definition) =>
      unless(
        operationsOf(definition).some(({ method, isPublic, operation }) => {
          const parameters = parametersOf(operation);
          return (
            method === 'delete' && !isPublic && parameters.length > 0 && parameters.every((one) => one.in === 'path')
          );
        }),
        'no operation removes it',
      ),
    ),
  },
  {
    id: 'T03',
    sentence: 'a trigger registers with POST',
    check: eachTrigger(({ method }) => unless(method === 'post', `the method is ${method}`)),
  },
  {
    id: 'T04',
    sentence: "neither a trigger's body nor its root is internal",
    check: eachTrigger(({ operation }) =>
      parametersOf(operation)
        .filter((parameter) => parameter.in === 'body')
        .filter((body) => [body, body.schema].some((each) => each?.['x-ms-visibility'] === 'internal'))
        .map(({ name }) => `${name} is internal`),
    ),
  },
  {
    id: 'T05',
    sentence: "no other public operation has a trigger's path",
    check: eachTrigger(({ id, path }, definition) =>
      operationsOf(definition)
        .filter((other) => other.path === path && other.id !== id && other.isPublic)
        .map((other) => `${other.id} has the same path`),
    ),
  },
  {
    id: 'T06',
    sentence: 'a trigger tells makers how to see it work',
    check: eachTrigger(({ operation: { 'x-ms-trigger-hint': hint } }) =>
      unless(typeof hint === 'string' && /^To see it work, .+\.$/.test(hint), 'no hint'),
    ),
  },
];
