import type { Operation } from '../operation/define-operation.ts';
import { asJsonSchema } from '../operation/schema.ts';
import type { JsonSchema } from '../operation/schema.ts';
import { isRequired } from '../operation/define-operation.ts';
import type { DynamicValues } from './create/types.ts';

/**
 * Checks the dropdowns of an operation's parameters and body against the operations that fill them. Without this check,
 * a mistake would show only as an empty list when a maker opens the dropdown. Returns one line for each complaint,
 * which begins with the place.
 */
export function checkDropdowns(operation: Operation<never>, all: readonly Operation<never>[]): string[] {
  const { operationId, parameters, body } = operation;
  const found = [
    ...Object.entries(parameters).flatMap(([name, { schema }]) =>
      findDropdowns(asJsonSchema(schema), `/${operationId}/parameters/${name}`),
    ),
    ...(body === undefined ? [] : findDropdowns(asJsonSchema(body.schema), `/${operationId}/body`)),
  ];
  return found.flatMap(({ place, dropdown }) => {
    const target = all.find((candidate) => candidate.operationId === dropdown.operationId);
    const complaints =
      target === undefined
        ? [`there is no operation '${dropdown.operationId}' to fill it`]
        : [...checkSources(dropdown, operation, target), ...checkPaths(dropdown, target)];
    return complaints.map((complaint) => `${place}: the dropdown is wrong: ${complaint}`);
  });
}

interface Found {
  place: string;
  dropdown: DynamicValues;
}

function findDropdowns(schema: JsonSchema, place: string): Found[] {
  const dropdown = schema['x-ms-dynamic-values'] as DynamicValues | undefined;
  return [
    ...(dropdown === undefined ? [] : [{ place, dropdown }]),
    ...(schema.items === undefined ? [] : findDropdowns(schema.items, `${place}/items`)),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => findDropdowns(inner, `${place}/${name}`)),
  ];
}

/** Checks that the called operation gets all parameters that it needs and no others, each of the right type. */
function checkSources(
  { parameters: sources = {} }: DynamicValues,
  caller: Operation<never>,
  target: Operation<never>,
): string[] {
  const typeOf = (operation: Operation<never>, name: string): string | undefined => {
    const parameter = operation.parameters[name];
    return parameter && asJsonSchema(parameter.schema).type;
  };
  const missing = Object.entries(target.parameters)
    .filter(([name, parameter]) => isRequired(parameter) && !Object.hasOwn(sources, name))
    .map(([name]) => `'${target.operationId}' needs '${name}'`);
  const errors = Object.entries(sources).flatMap(([name, source]) => {
    const wanted = typeOf(target, name);
    if (wanted === undefined) return [`'${target.operationId}' has no parameter '${name}'`];
    const given = typeof source === 'object' ? typeOf(caller, source.parameter) : typeof source;
    if (given === undefined) return [`there is no parameter '${(source as { parameter: string }).parameter}' here`];
    return given === wanted ? [] : [`'${name}' is of type ${wanted}, but gets a ${given}`];
  });
  return [...missing, ...errors];
}

/**
 * Checks that the answer of the called operation has a list at the dropdown's path, with value and title. If the
 * entries are plain texts, the dropdown must have no paths, because each text is both value and title.
 */
function checkPaths(dropdown: DynamicValues, { operationId, answer }: Operation<never>): string[] {
  const whole = answer.status === 200 && answer.schema !== undefined ? asJsonSchema(answer.schema) : undefined;
  const collection = dropdown['value-collection'];
  const entries = collection === undefined ? whole : follow(whole, collection);
  if (entries?.items === undefined) {
    return [
      `the answer of '${operationId}' has no list ${collection === undefined ? 'at its root' : `in '${collection}'`}`,
    ];
  }
  const { items } = entries;
  const paths = [dropdown['value-path'], dropdown['value-title']].filter((path) => path !== undefined);
  if (paths.length === 1) return ['it has a path to the value or to the title, but not to both'];
  if (paths.length === 0) {
    return items.type === 'string' ? [] : [`the entries of '${operationId}' are not plain texts, so it needs paths`];
  }
  return paths
    .filter((path) => follow(items, path) === undefined)
    .map((path) => `the entries of '${operationId}' have no '${path}'`);
}

function follow(schema: JsonSchema | undefined, path: string): JsonSchema | undefined {
  return path.split('/').reduce((inner, step) => inner?.properties?.[step], schema);
}
