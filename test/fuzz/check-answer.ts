import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

import { readHead } from '../../src/local/functions-host/http-request.ts';
import { compareTemplates, matchRoute, parseRouteTemplate } from '../../src/local/functions-host/route-template.ts';
import { isDateTime } from '../../src/core/date-time.ts';
import type { Operation } from '../../src/operation/define-operation.ts';
import { errorCatalogue } from '../../src/operation/errors.ts';
import type { ErrorCode } from '../../src/operation/errors.ts';
import { isObject } from '../../src/core/json.ts';
import { possibleErrors } from '../../src/operation/possible-errors.ts';
import { routeOf } from '../../src/operation/route.ts';
import { asJsonSchema } from '../../src/operation/schema.ts';
import { operations } from '../../src/operations.ts';
import type { RawAnswer } from './raw-request.ts';
import type { FuzzRequest } from './requests.ts';

const root = join(import.meta.dirname, '..', '..');

/** Texts that would reveal internals. No request holds any of these. */
const innards = [root, 'node_modules', 'node:internal', '\n    at ', '.ts:'];

const routes = operations
  .map((operation) => ({ operation, template: parseRouteTemplate(`base/${routeOf(operation.path)}`) }))
  .sort((left, right) => compareTemplates(left.template, right.template));

/** Finds the operation of a request; undefined if its path and method belong to none. */
export function operationOf({ method, path }: FuzzRequest): Operation<never> | undefined {
  const request = { method, url: `/base${path}`, headers: {}, rawHeaders: [] as string[] } as IncomingMessage;
  const head = readHead(request);
  return routes.find(
    ({ operation, template }) =>
      head !== undefined && operation.method === method && matchRoute(template, head.path) !== undefined,
  )?.operation;
}

/** Lists the problems of an answer, as sentences. */
export function problemsOf(request: FuzzRequest, answer: RawAnswer): string[] {
  const { status, headers, body } = answer;
  const problems: string[] = [];
  const everything = `${[...headers].join('\n')}\n${body}`;
  if (status >= 500) problems.push(`the status is ${status}`);
  for (const innard of innards)
    if (everything.includes(innard)) problems.push(`the answer holds ${JSON.stringify(innard)}`);
  if (headers.has('x-injected')) problems.push('the answer has a header of the request');
  const operation = operationOf(request);
  if (body === '' && isOfHost(request, operation, status)) return problems;
  if (status < 400) return [...problems, ...problemsOfSuccess(operation, answer)];
  return [...problems, ...problemsOfRefusal(operation, answer)];
}

/** Recognises answers of the host itself: to an unknown path, and to a head that is not HTTP. */
function isOfHost({ path, headers }: FuzzRequest, operation: Operation<never> | undefined, status: number): boolean {
  if (status === 404) return operation === undefined;
  const isOdd = /[^\x21-\x7e]/.test(path) || headers.some(([, value]) => /[^\t\x20-\x7e\x80-\u{10ffff}]/u.test(value));
  return (status === 400 && isOdd) || (status === 431 && path.length + headers.join('').length > 8_000);
}

const forAnswers = new Ajv({
  allErrors: true,
  strict: false,
  formats: {
    'date-time': isDateTime,
    uuid: true,
    int32: { type: 'number', validate: (value: number) => (value | 0) === value },
  },
});
const compiled = new Map<Operation<never>, ValidateFunction>();

function problemsOfSuccess(operation: Operation<never> | undefined, { status, headers, body }: RawAnswer): string[] {
  if (operation === undefined) return [`a path of no operation is answered ${status}`];
  const { answer } = operation;
  if (status !== answer.status) return [`${operation.operationId} answers ${status}`];
  if (answer.schema === undefined) return body === '' ? [] : ['the answer should have no body'];
  const parsed = parseJson(headers, body);
  if (typeof parsed === 'string') return [parsed];
  const validate = compiled.get(operation) ?? forAnswers.compile(asJsonSchema(answer.schema));
  compiled.set(operation, validate);
  return validate(parsed.value)
    ? []
    : [`the answer does not fit its schema: ${forAnswers.errorsText(validate.errors)}`];
}

/** The catalogue's placeholders, which no answer may hold. */
const unfilled =
  /\{(?:reason|contentType|limit|place|target|rule|what|scope|seconds|actual|expected|parts|placeholder|channel|name|reference)\}/;

function problemsOfRefusal(operation: Operation<never> | undefined, { status, headers, body }: RawAnswer): string[] {
  const parsed = parseJson(headers, body);
  if (typeof parsed === 'string') return [parsed];
  const { value } = parsed;
  if (!isObject(value) || !isObject(value['error'])) return ['the answer is no error body'];
  const { error, message, ...others } = value;
  const { code, message: inner, target, details = [], ...more } = error;
  const allowed: readonly string[] = operation === undefined ? Object.keys(errorCatalogue) : possibleErrors(operation);
  const isProblem = (problem: unknown): boolean =>
    isObject(problem) && allowed.includes(String(problem['code'])) && typeof problem['message'] === 'string';
  const rules: [boolean, string][] = [
    [Object.keys({ ...others, ...more }).length === 0, 'the error has fields that it should not have'],
    [typeof code === 'string' && allowed.includes(code), `${operation?.operationId} answers ${String(code)}`],
    [errorCatalogue[code as ErrorCode]?.status === status, `${String(code)} is answered ${status}`],
    [typeof message === 'string' && message !== '' && message === inner, 'the two messages differ'],
    [!unfilled.test(String(message)), `a word of the message is not filled in: ${String(message)}`],
    [target === undefined || (typeof target === 'string' && target !== ''), 'the target is no text'],
    [Array.isArray(details) && details.every(isProblem), 'the details are no list of problems'],
  ];
  return rules.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

function parseJson(headers: RawAnswer['headers'], body: string): { value: unknown } | string {
  if (!/^application\/json\b/.test(headers.get('content-type') ?? '')) {
    return `the content type is ${headers.get('content-type')}`;
  }
  try {
    return { value: JSON.parse(body) as unknown };
  } catch {
    return 'the answer is not JSON';
  }
}
