import { Ajv } from 'ajv';
import type { ErrorObject, Options, ValidateFunction } from 'ajv';

import { isDateTime } from '../core/date-time.ts';
import { count } from '../core/plural.ts';
import { isRequired } from './define-operation.ts';
import type { Operation } from './define-operation.ts';
import { problem, problemLimit } from './errors.ts';
import type { ErrorCode, Problem } from './errors.ts';
import { isObject } from '../core/json.ts';
import { asJsonSchema } from './schema.ts';
import type { JsonSchema } from './schema.ts';

const options: Options = {
  strict: true,
  allErrors: true,
  keywords: ['x-ms-visibility', 'x-ms-dynamic-values', 'x-ms-notification-url'],
  formats: {
    'date-time': isDateTime,
    int32: { type: 'number', validate: (value: number) => (value | 0) === value },
    uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  },
};

// Values outside the body are text on the wire, so ajv coerces them; the values of a JSON body have types.
const forParameters = new Ajv({ ...options, coerceTypes: true, useDefaults: true });
const forBodies = new Ajv(options);

interface Validators {
  parameters: ValidateFunction;
  body: BodyValidator | undefined;
}

/**
 * The validators of a schema, split at its lists. A body can hold two million entries, and a report of the problems of
 * all would take a gigabyte; so entries are checked one by one, and checking ends when enough problems are found.
 */
interface BodyValidator {
  /** Checks everything except the entries of lists. */
  own: ValidateFunction;
  lists: readonly { steps: readonly string[]; limit: number; items: BodyValidator }[];
}

function takeApart(schema: JsonSchema): BodyValidator {
  const lists: BodyValidator['lists'][number][] = [];
  const withoutItems = (inner: JsonSchema, steps: readonly string[]): JsonSchema => {
    const { items, ...rest } = inner;
    if (items !== undefined) {
      lists.push({ steps, limit: Number(rest['maxItems'] ?? Number.POSITIVE_INFINITY), items: takeApart(items) });
    }
    if (rest.properties === undefined) return rest;
    const properties = Object.entries(rest.properties).map(([name, property]): [string, JsonSchema] => [
      name,
      withoutItems(property, [...steps, name]),
    ]);
    return { ...rest, properties: Object.fromEntries(properties) };
  };
  return { own: forBodies.compile(withoutItems(schema, [])), lists };
}

const compiled = new WeakMap<object, Validators>();

/** Compiles an operation's schemas at its first request, because compiling takes milliseconds. */
function validatorsOf(operation: Pick<Operation<never>, 'parameters' | 'body'>): Validators {
  const known = compiled.get(operation);
  if (known !== undefined) return known;
  const properties = Object.fromEntries(
    Object.entries(operation.parameters).map(([name, { schema }]) => [name, asJsonSchema(schema)]),
  );
  const required = Object.entries(operation.parameters)
    .filter(([, parameter]) => isRequired(parameter))
    .map(([name]) => name);
  const validators = {
    parameters: forParameters.compile({ type: 'object', properties, required }),
    body: operation.body && takeApart(asJsonSchema(operation.body.schema)),
  };
  compiled.set(operation, validators);
  return validators;
}

/**
 * Checks and coerces the values of path, query and headers, in place. Accepts flags in any case, because .NET writes
 * `True`.
 */
export function checkParameters(operation: Operation<never>, values: Record<string, unknown>): Problem[] {
  for (const [name, { schema }] of Object.entries(operation.parameters)) {
    const value = values[name];
    if (typeof value === 'string' && asJsonSchema(schema).type === 'boolean') values[name] = value.toLowerCase();
  }
  const validate = validatorsOf(operation).parameters;
  const problems = validate(values) ? [] : errorsOf(validate).map((error) => parameterProblem(error));
  return [...problems, ...checkCharacters(values, (path) => String(path[0]))];
}

/** Checks a body against the operation's schema, after {@link dropAbsentFields}. */
export function checkBody(operation: Operation<never>, body: unknown): Problem[] {
  const validate = validatorsOf(operation).body;
  if (validate === undefined) return [];
  const problems: Problem[] = [];
  collectErrors(validate, body, [], problems);
  return [...problems, ...checkCharacters(body, fieldName)];
}

function collectErrors({ own, lists }: BodyValidator, value: unknown, path: Path, found: Problem[]): void {
  if (found.length >= problemLimit) return;
  if (!own(value)) found.push(...errorsOf(own).map((error) => fieldProblem(error, path)));
  for (const { steps, limit, items } of lists) {
    const list = steps.reduce(fieldOf, value);
    if (!Array.isArray(list) || list.length > limit) continue;
    for (const [index, item] of list.entries()) collectErrors(items, item, [...path, ...steps, index], found);
  }
}

function fieldOf(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/**
 * Removes, in place, the schema's fields whose value is null or empty text: designers send these for optional fields
 * that a maker left out. A required field is then reported as missing.
 */
export function dropAbsentFields(schema: JsonSchema, value: unknown): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) for (const item of value) dropAbsentFields(items, item);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const fields = value as Record<string, unknown>;
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    if (!Object.hasOwn(fields, name)) continue;
    if (fields[name] === null || fields[name] === '') delete fields[name];
    else dropAbsentFields(inner, fields[name]);
  }
}

type Path = readonly (string | number)[];

/**
 * Removes, in place, the fields that a schema doesn't define, so that handlers and comparisons of requests ignore them.
 */
export function dropUnknownFields(schema: JsonSchema, value: unknown): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (items !== undefined) for (const item of value) dropUnknownFields(items, item);
    return;
  }
  const { properties } = schema;
  if (properties === undefined || typeof value !== 'object' || value === null) return;
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (inner === undefined) delete fields[name];
    else dropUnknownFields(inner, fields[name]);
  }
}

/** Writes a path into a body as its sender would: `Recipients[3].Address`. */
export function fieldName(path: Path): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('');
}

const maximumDepth = 32;

/** Finds characters that storage, JSON or a phone can't carry, anywhere in the values; no schema can exclude them. */
function checkCharacters(root: unknown, nameOf: (path: Path) => string): Problem[] {
  const problems: Problem[] = [];
  const path: (string | number)[] = [];
  const refuse = (what: string): void => {
    problems.push(problem('InvalidCharacters', { target: nameOf(path) || 'the body', what }));
  };
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value.includes('\0')) refuse('a NUL character');
      if (!value.isWellFormed()) refuse('half of a character');
    } else if (typeof value === 'object' && value !== null) {
      if (path.length >= maximumDepth) {
        problems.push(
          problem('InvalidField', {
            target: nameOf(path.slice(0, 3)),
            rule: `is nested more than ${maximumDepth} levels deep`,
          }),
        );
        return;
      }
      for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
        if (problems.length >= problemLimit) return;
        path.push(key);
        if (typeof key === 'string' && (key.includes('\0') || !key.isWellFormed()))
          refuse('a field name that is not allowed');
        else visit(inner);
        path.pop();
      }
    }
  };
  visit(root);
  return problems;
}

const typeNames: Record<string, string> = {
  string: 'text',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const formatNames: Record<string, string> = {
  'date-time': 'a date and time such as 2026-12-01T09:00:00Z',
  int32: 'a whole number from -2147483648 to 2147483647',
  uuid: 'a UUID',
};

type ValidationError = Pick<ErrorObject, 'instancePath' | 'keyword' | 'params'>;

/** Returns ajv's errors. If a value has the wrong type, drops its other errors, which tell nothing more. */
function errorsOf({ errors }: ValidateFunction): ValidationError[] {
  const all = errors ?? [];
  const wrongTypes = new Set(all.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return all.filter(({ keyword, instancePath }) => keyword === 'type' || !wrongTypes.has(instancePath));
}

/** Writes the rule that was broken, as the rest of a sentence that begins with the field's name. */
function ruleOf({ keyword, params }: ValidationError): string {
  const values = params as Record<string, unknown>;
  const limit = String(values['limit']);
  const sentences: Record<string, string> = {
    type: `must be ${typeNames[String(values['type'])] ?? String(values['type'])}`,
    enum: `must be one of ${((values['allowedValues'] as string[] | undefined) ?? []).join(', ')}`,
    maxLength: `must be at most ${count(Number(limit), 'character')} long`,
    maxItems: `must have at most ${count(Number(limit), 'entry', 'entries')}`,
    minItems: `must have at least ${count(Number(limit), 'entry', 'entries')}`,
    maximum: `must be at most ${limit}`,
    minimum: `must be at least ${limit}`,
    format: `must be ${formatNames[String(values['format'])] ?? String(values['format'])}`,
  };
  return sentences[keyword] ?? 'is not valid';
}

function pathOf({ instancePath, keyword, params }: ValidationError): (string | number)[] {
  const steps = instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  return keyword === 'required' ? [...steps, (params as { missingProperty: string }).missingProperty] : steps;
}

const codeByKeyword: Record<string, ErrorCode> = { required: 'MissingField' };

function fieldProblem(error: ValidationError, path: Path): Problem {
  const isDate = error.keyword === 'format' && (error.params as { format: string }).format === 'date-time';
  const code = isDate ? 'InvalidDateTime' : (codeByKeyword[error.keyword] ?? 'InvalidField');
  return problem(code, { target: fieldName([...path, ...pathOf(error)]) || 'the body', rule: ruleOf(error) });
}

function parameterProblem(error: ValidationError): Problem {
  const target = String(pathOf(error)[0]);
  return problem(error.keyword === 'required' ? 'MissingParameter' : 'InvalidParameter', {
    target,
    rule: ruleOf(error),
  });
}
