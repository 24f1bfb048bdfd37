import { bodyOf, parametersOf, requiredOf } from './connector-rules/document.ts';
import type { LooseParameter, LooseSchema, Standing } from './connector-rules/document.ts';
import type { ContractDropdown, ContractOperation, ContractParameter, ContractValue } from './wire-contract.ts';

/*
 * Converts an operation of the definition into the form of the wire contract, so that the two can be compared. Omits
 * allowed additions: optional parameters and fields that the contract lacks, and labels, limits and dropdowns where the
 * contract has none.
 */

/** Converts an operation of the definition, to the extent of the contract. */
export function projectOperation(
  { operation, method, path, item }: Standing,
  contract: ContractOperation,
): ContractOperation {
  const { operationId = '', summary, deprecated, responses } = operation;
  const body = parametersOf(operation).find((parameter) => parameter.in === 'body');
  const [status = '', answer] = Object.entries(responses).find(([code]) => code.startsWith('2')) ?? [];
  const notification = (item['x-ms-notification-content'] as { schema?: LooseSchema } | undefined)?.schema;
  return {
    operationId,
    method: method.toUpperCase() as ContractOperation['method'],
    path,
    ...defined({
      summary: contract.summary && summary,
      visibility: operation['x-ms-visibility'] as ContractOperation['visibility'],
      deprecated: deprecated === true ? (true as const) : undefined,
      trigger: operation['x-ms-trigger'] as ContractOperation['trigger'],
    }),
    parameters: projectParameters(operation.parameters ?? [], contract.parameters),
    ...(body === undefined
      ? {}
      : { body: { name: body.name, value: projectValue(bodyOf(operation) ?? {}, contract.body?.value, 'in') } }),
    answer: {
      status: Number(status),
      ...(answer?.schema === undefined ? {} : { value: projectValue(answer.schema, contract.answer.value, 'out') }),
    },
    ...(notification === undefined ? {} : { notification: projectValue(notification, contract.notification, 'out') }),
  };
}

function projectParameters(
  parameters: readonly LooseParameter[],
  contract: ContractOperation['parameters'],
): Record<string, ContractParameter> {
  return Object.fromEntries(
    parameters
      .filter(({ in: place, name, required }) => place !== 'body' && (name in contract || required === true))
      .map(({ name, in: place, required, ...schema }) => [
        name,
        {
          ...projectValue(schema, contract[name], 'in'),
          ...defined({
            required: required === true ? (true as const) : undefined,
            encoding: schema['x-ms-url-encoding'] as ContractParameter['encoding'],
          }),
          in: place as ContractParameter['in'],
        },
      ]),
  );
}

/** Requiredness is contract in what a caller sends, not in what is answered. */
function projectValue(schema: LooseSchema, contract: ContractValue | undefined, side: 'in' | 'out'): ContractValue {
  const { type, format, title, properties, items } = schema;
  const required = side === 'in' ? requiredOf(schema) : [];
  const fields = Object.entries(properties ?? {})
    .filter(([name]) => Object.hasOwn(contract?.fields ?? {}, name) || required.includes(name))
    .map(([name, inner]) => [
      name,
      {
        ...projectValue(inner, contract?.fields?.[name], side),
        ...(required.includes(name) ? { required: true } : {}),
      },
    ]);
  return {
    type: (format ?? type) as ContractValue['type'],
    ...defined({
      label: contract?.label && ((schema['x-ms-summary'] as string | undefined) ?? title),
      visibility: schema['x-ms-visibility'] as ContractValue['visibility'],
      maxLength: contract?.maxLength && (schema['maxLength'] as number | undefined),
      enum: schema.enum as readonly string[] | undefined,
      default: schema.default,
      dropdown: contract?.dropdown && projectDropdown(schema['x-ms-dynamic-values']),
      notificationUrl: schema['x-ms-notification-url'] as true | undefined,
      fields: properties === undefined ? undefined : (Object.fromEntries(fields) as Record<string, ContractValue>),
      items: items && projectValue(items, contract?.items, side),
    }),
  };
}

function projectDropdown(values: unknown): ContractDropdown | undefined {
  if (values === undefined) return undefined;
  const call = values as Partial<Record<'value-collection' | 'value-path' | 'value-title', string>> & {
    operationId: string;
    parameters?: Record<string, string>;
  };
  const parameters = call.parameters ?? {};
  return {
    operationId: call.operationId,
    ...defined({
      value: call['value-path'],
      title: call['value-title'],
      collection: call['value-collection'],
      parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
    }),
  };
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function defined<T extends object>(values: T): Defined<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>;
}
