import type { Operation } from '../operation/define-operation.ts';
import { asJsonSchema } from '../operation/schema.ts';
import { checkDropdowns } from './check-dropdowns.ts';
import { checkTriggers } from './check-triggers.ts';
import { checkSchema } from './check-vocabulary.ts';
import { isRequired } from '../operation/define-operation.ts';
import { GeneratorError } from './generator-error.ts';

/**
 * The fields of an operation that the generator knows. A new field must be listed here, or no connector is generated.
 */
const knownFields: Record<keyof Operation<never>, true> = {
  operationId: true,
  method: true,
  path: true,
  summary: true,
  description: true,
  visibility: true,
  deprecated: true,
  scopes: true,
  errors: true,
  parameters: true,
  body: true,
  answer: true,
  customer: true,
  service: true,
  anonymous: true,
  trigger: true,
  prepare: true,
  handler: true,
};

/**
 * Checks that the connector's definition can express everything about the operations.
 *
 * @throws {GeneratorError} with one line for each complaint
 */
export function checkOperations(operations: readonly Operation<never>[]): void {
  const complaints = [
    ...repeated(operations.map(({ operationId }) => operationId)).map((id) => `/${id}: the operation id is used twice`),
    ...repeated(operations.map(({ method, path }) => `${method} ${path}`)).map(
      (route) => `${route}: two operations have this method and path`,
    ),
    ...operations.flatMap((operation) => [
      ...checkRecord(operation).map((complaint) => `/${operation.operationId}: ${complaint}`),
      ...checkParameters(operation),
      ...checkBodies(operation),
      ...checkDropdowns(operation, operations),
      ...checkTriggers(operation, operations),
    ]),
  ];
  if (complaints.length > 0) throw new GeneratorError(complaints);
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}

function checkRecord(operation: Operation<never>): string[] {
  const { operationId, method, path, summary, description, deprecated, parameters, body, answer } = operation;
  const { anonymous, customer, service } = operation;
  const complaints = Object.keys(operation)
    .filter((field) => !Object.hasOwn(knownFields, field))
    .map((field) => `the generator doesn't know the field '${field}' of the operation`);
  if (!/^[A-Z][A-Za-z0-9]*(_V\d+)?$/.test(operationId)) complaints.push('the operation id must be in PascalCase');
  if (summary.trim() === '') complaints.push('the summary is missing');
  if (description.trim() === '') complaints.push('the description is missing');
  for (const [name, text] of Object.entries({ summary, description })) {
    const says = /\(deprecated\)\.?$/.test(text);
    if (deprecated === true && !says) complaints.push(`it is deprecated, so the ${name} must end in (deprecated)`);
    if (deprecated !== true && says) complaints.push(`the ${name} ends in (deprecated), but it isn't deprecated`);
  }
  const placeholders = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  const inPath = Object.keys(parameters).filter((name) => parameters[name]?.in === 'path');
  for (const name of placeholders) {
    if (!inPath.includes(name)) complaints.push(`the path's placeholder {${name}} has no parameter`);
  }
  for (const name of inPath) {
    if (!placeholders.includes(name)) complaints.push(`the parameter '${name}' has no placeholder in the path`);
  }
  if (anonymous === true && (customer ?? service) !== undefined) {
    complaints.push('an operation that accepts calls without a token must not name a customer or a service');
  }
  if (body !== undefined && method === 'GET') complaints.push('a GET has no body');
  if (answer.status === 204 && answer.schema !== undefined) complaints.push('an answer with status 204 has no schema');
  return complaints;
}

function checkParameters({ operationId, parameters }: Operation<never>): string[] {
  return Object.entries(parameters).flatMap(([name, parameter]) => {
    const place = `/${operationId}/parameters/${name}`;
    const schema = asJsonSchema(parameter.schema);
    const complaints = checkSchema(schema, place, { isField: true });
    if (schema.type === 'object' || schema.type === 'array') {
      complaints.push(`${place}: a parameter outside the body can't be of type ${schema.type}`);
    }
    if (parameter.in === 'path' && !isRequired(parameter)) {
      complaints.push(`${place}: a parameter in the path can't be optional`);
    }
    return complaints;
  });
}

function checkBodies({ operationId, body, answer }: Operation<never>): string[] {
  const place = `/${operationId}/body`;
  return [
    ...(body?.name.trim() === '' ? [`${place}: the body's name is missing`] : []),
    ...(body?.description.trim() === '' ? [`${place}: the body's description is missing`] : []),
    ...(body === undefined ? [] : checkSchema(asJsonSchema(body.schema), place)),
    ...(answer.description.trim() === '' ? [`/${operationId}/answer: the description is missing`] : []),
    ...(answer.schema === undefined ? [] : checkSchema(asJsonSchema(answer.schema), `/${operationId}/answer`)),
  ];
}
