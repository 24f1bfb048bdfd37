/*
 * The connector's two files as any connector could have them, read without trust: the rules must be able to look at
 * documents that break them.
 */

export interface LooseSchema {
  type?: string;
  format?: string;
  title?: string;
  description?: string;
  properties?: Record<string, LooseSchema>;
  items?: LooseSchema;
  /** Names in a schema, a flag in a parameter. */
  required?: string[] | boolean;
  enum?: unknown[];
  default?: unknown;
  additionalProperties?: unknown;
  $ref?: string;
  [keyword: string]: unknown;
}

export interface LooseParameter extends LooseSchema {
  name: string;
  in: string;
  schema?: LooseSchema;
}

export interface LooseOperation {
  operationId?: string;
  summary?: string;
  description?: string;
  deprecated?: boolean;
  consumes?: string[];
  produces?: string[];
  parameters?: LooseParameter[];
  responses: Record<string, { description?: string; schema?: LooseSchema }>;
  [extension: string]: unknown;
}

interface LoosePathItem {
  [methodOrExtension: string]: unknown;
}

export interface LooseDefinition {
  swagger?: string;
  info: { title?: string; description?: string; contact?: { name?: string; url?: string; email?: string } };
  host?: string;
  basePath?: string;
  schemes?: string[];
  consumes?: string[];
  produces?: string[];
  paths: Record<string, LoosePathItem>;
  definitions?: Record<string, LooseSchema>;
  parameters?: Record<string, LooseParameter>;
  responses?: Record<string, unknown>;
  securityDefinitions?: Record<string, { type?: string; in?: string }>;
  'x-ms-connector-metadata'?: { propertyName: string; propertyValue: string }[];
  [extension: string]: unknown;
}

export interface LooseConnectionParameter {
  type?: string;
  uiDefinition?: {
    displayName?: string;
    description?: string;
    constraints?: Record<string, unknown>;
  };
  oAuthSettings?: {
    identityProvider?: string;
    clientId?: string;
    redirectMode?: string;
    redirectUrl?: string;
    customParameters?: Record<string, unknown>;
    [key: string]: unknown;
  };
  [key: string]: unknown;
}

export interface LooseProperties {
  properties: {
    connectionParameters?: Record<string, LooseConnectionParameter>;
    connectionParameterSets?: unknown;
    iconBrandColor?: string;
    capabilities?: string[];
    publisher?: string;
    stackOwner?: string;
    policyTemplateInstances?: { templateId: string; title?: string; parameters?: Record<string, unknown> }[];
  };
}

/** Looks for violations of one rule; each line begins with the operation's id where there is one. */
export type Check = (definition: LooseDefinition, properties: LooseProperties) => string[];

/** A rule that a connector must keep. */
export interface Rule {
  id: string;
  sentence: string;
  check: Check;
}

const verbs = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch']);

/** An operation and where it stands. */
export interface Standing {
  id: string;
  path: string;
  method: string;
  item: LoosePathItem;
  operation: LooseOperation;
  isPublic: boolean;
}

/** Every operation of a definition. */
export function operationsOf({ paths }: LooseDefinition): Standing[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => verbs.has(method))
      .map(([method, value]) => {
        const operation = value as LooseOperation;
        const id = operation.operationId ?? `${method} ${path}`;
        return { id, path, method, item, operation, isPublic: operation['x-ms-visibility'] !== 'internal' };
      }),
  );
}

/** A schema, and what stands around it. */
export interface Place {
  /** Where it is, from the operation's parameter, answer or notification on. */
  place: string;
  schema: LooseSchema;
  /** The last step of the place. */
  name: string;
  role: 'parameter' | 'root' | 'field' | 'item';
  side: 'in' | 'out';
  required: boolean;
  internal: boolean;
  /** From the outermost on. */
  parents: readonly Place[];
}

/** Every schema of an operation: parameters, body, answers and, where the path has one, the notification. */
export function placesOf({ operation, item }: Pick<Standing, 'operation' | 'item'>): Place[] {
  const root = { required: true, parents: [], internal: false } as const;
  const notification = (item['x-ms-notification-content'] as { schema?: LooseSchema } | undefined)?.schema;
  return [
    ...parametersOf(operation).flatMap((parameter) => {
      const { name, schema = parameter } = parameter;
      const role = parameter.schema === undefined ? 'parameter' : 'root';
      const required = parameter.required === true;
      return walk({ ...root, place: name, name, schema, role, side: 'in', required, internal: isInternal(schema) });
    }),
    ...Object.entries(operation.responses).flatMap(([status, { schema }]) =>
      schema === undefined
        ? []
        : walk({ ...root, place: `answer ${status}`, name: status, schema, role: 'root', side: 'out' }),
    ),
    ...(notification === undefined
      ? []
      : walk({ ...root, place: 'notification', name: '', schema: notification, role: 'root', side: 'out' })),
  ];
}

/** The parameters of an operation. */
export function parametersOf(operation: LooseOperation): LooseParameter[] {
  return operation.parameters ?? [];
}

/** The schema of the body, if there is one. */
export function bodyOf(operation: LooseOperation): LooseSchema | undefined {
  return parametersOf(operation).find((parameter) => parameter.in === 'body')?.schema;
}

/** The names of a schema's required properties. */
export function requiredOf({ required }: LooseSchema): string[] {
  return Array.isArray(required) ? required : [];
}

function isInternal(schema: LooseSchema): boolean {
  return schema['x-ms-visibility'] === 'internal';
}

function walk(place: Place): Place[] {
  const { schema } = place;
  const below = { side: place.side, parents: [...place.parents, place] };
  return [
    place,
    ...(schema.items === undefined
      ? []
      : walk({
          ...below,
          place: `${place.place}[]`,
          name: '[]',
          schema: schema.items,
          role: 'item',
          required: true,
          internal: place.internal || isInternal(schema.items),
        })),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) =>
      walk({
        ...below,
        place: `${place.place}/${name}`,
        name,
        schema: inner,
        role: 'field',
        required: requiredOf(schema).includes(name),
        internal: place.internal || isInternal(inner),
      }),
    ),
  ];
}

/** Every text in a document. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** `[line]` where a condition holds, for lists of violations. */
export function unless(condition: boolean, line: string): string[] {
  return condition ? [] : [line];
}

/** A check that looks at one operation after another, and begins each violation with the operation's id. */
export function eachOperation(check: (standing: Standing, definition: LooseDefinition) => string[]): Check {
  return (definition) =>
    operationsOf(definition).flatMap((standing) =>
      check(standing, definition).map((violation) => `${standing.id}: ${violation}`),
    );
}
