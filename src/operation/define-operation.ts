import type { Caller, Customer, Service, ServiceDemand } from './access.ts';
import type { ErrorCode, Problem } from './errors.ts';
import type { ObjectOf, Schema, Static, Visibility } from './schema.ts';
import type { Scope } from './scopes.ts';

/** A value outside the body. It is text on the wire, and the kernel coerces it to its schema's type. */
export interface Parameter<S extends Schema = Schema> {
  in: 'path' | 'query' | 'header';
  schema: S;
}

/** Declares a parameter in the path. The operation's path holds its name in braces. */
export function inPath<S extends Schema>(schema: S): Parameter<S> {
  return { in: 'path', schema };
}

/** Declares a parameter in the query string. */
export function inQuery<S extends Schema>(schema: S): Parameter<S> {
  return { in: 'query', schema };
}

/** Declares a parameter in a header. */
export function inHeader<S extends Schema>(schema: S): Parameter<S> {
  return { in: 'header', schema };
}

/** Tells whether a caller must send the parameter. */
export function isRequired({ schema }: Parameter): boolean {
  return !('~optional' in schema);
}

type Parameters = Readonly<Record<string, Parameter>>;
type ParameterValues<P extends Parameters> = Static<ObjectOf<{ -readonly [Name in keyof P]: P[Name]['schema'] }>>;
type BodyValue<B> = B extends Schema ? Static<B> : undefined;

interface Body<B extends Schema> {
  /** The body parameter's name in the connector's definition; flows store it. */
  name: string;
  description: string;
  schema: B;
}

/** The answer of an operation that succeeds. */
interface Answer<A extends Schema = Schema> {
  status: 200 | 201 | 204;
  description: string;
  /** Absent if the answer has no body. */
  schema?: A;
}

/** The trigger's hint for makers, and the notification that it sends to its subscribers. */
interface Trigger {
  /** How a maker tries the trigger, in a sentence that begins "To see it work, ". */
  hint: string;
  notification: { description: string; schema: Schema };
}

/** Reads a header of the request by its name. */
export type ReadHeader = (name: string) => string | null;

/** The parts of a request that the kernel resolves before it reads the body. */
interface Resolved<P, C, S, Anonymous = undefined> {
  parameters: P;
  /** Undefined for a call without a valid token, if the operation is `anonymous`. */
  caller: Anonymous extends true ? Caller | undefined : Caller;
  /** The customer in the parameter that the operation's `customer` names. */
  customer: C extends string ? Customer : undefined;
  /** The service in the parameter that the operation's `service` names. */
  service: S extends object ? Service : undefined;
  now: Date;
}

/** The request as a handler gets it: validated, authorised and typed. */
interface Request<P, B, C, S, Prepared, Anonymous> extends Resolved<P, C, S, Anonymous> {
  body: B;
  /** Reads headers that are no parameters, which the caller's runtime adds by itself. */
  header: ReadHeader;
  /** The result of the operation's `prepare`. */
  prepared: Prepared;
}

/** What a handler returns. */
export interface Result<A> {
  body: A;
  headers?: Readonly<Record<string, string>>;
  /** A failure of ours, for the log; the caller doesn't learn of it. */
  failure?: unknown;
}

interface Metadata {
  /** Flows of Power Automate store the operation id, so it must never change. */
  operationId: string;
  /** Workflows of Logic Apps store method and path, so they must never change. */
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: `/${string}`;
  summary: string;
  description: string;
  visibility?: Visibility;
  /** Works, but new flows should not use it; summary and description must end in "(deprecated)". */
  deprecated?: true;
  /** A caller needs one of these; documents list the operation under the first. */
  scopes: readonly [Scope, ...Scope[]];
  /** Set if the operation registers a webhook. */
  trigger?: Trigger;
  /** The errors beyond those that the kernel implies by the parameters and the body. */
  errors: readonly ErrorCode[];
}

/** The problems of a request; if it has none, `prepared` goes to the handler. */
export interface Preparation<Prepared> {
  problems: readonly Problem[];
  prepared: Prepared;
}

/** An operation without the types of its parameters and bodies, for lists of operations. */
export interface Operation<Deps> extends Metadata {
  parameters: Parameters;
  body?: Body<Schema>;
  answer: Answer;
  customer?: string;
  service?: { parameter: string } & ServiceDemand;
  anonymous?: boolean;
  prepare?: (request: never, deps: Deps) => Preparation<unknown> | Promise<Preparation<unknown>>;
  handler: (request: never, deps: Deps) => Promise<Result<unknown>>;
}

interface Definition<
  P extends Parameters,
  B extends Schema | undefined,
  A extends Schema | undefined,
  C extends (keyof P & string) | undefined,
  S extends ({ parameter: keyof P & string } & ServiceDemand) | undefined,
  Anonymous extends true | undefined,
  Prepared,
  Deps,
> extends Metadata {
  parameters: P;
  body?: B extends Schema ? Body<B> : never;
  answer: Omit<Answer, 'schema'> & (A extends Schema ? { schema: A } : { schema?: never });
  /** The parameter that holds the customer's id. */
  customer?: C;
  /** The parameter that holds the service's id, and the kind of service that the operation needs. */
  service?: S;
  /**
   * Accepts calls without a valid token, for an operation whose parameters are secrets themselves. Such an operation
   * can't have a customer.
   */
  anonymous?: Anonymous & (C extends string ? undefined : true | undefined);
  /**
   * Checks the rules that a schema can't state. Gets the body unvalidated (any JSON), so that one answer can name all
   * problems; must ignore values that the schema refuses anyway. May read from storage, and must not write.
   */
  prepare?: (
    request: Resolved<ParameterValues<P>, C, S, Anonymous> & { body: unknown },
    deps: Deps,
  ) => Preparation<Prepared> | Promise<Preparation<Prepared>>;
  /** Carries out the operation. Runs only if the request has no problems. */
  handler: (
    request: Request<ParameterValues<P>, BodyValue<B>, C, S, Prepared, Anonymous>,
    deps: Deps,
  ) => Promise<Result<A extends Schema ? Static<A> : undefined>>;
}

/**
 * Defines an operation: one inert record. From it come the handler's types, the validators, the registration with Azure
 * Functions, the connector's definition, its scopes and the documentation. Importing a definition registers nothing.
 *
 * @example
 * export const getCustomerServices = defineOperation({
 *   operationId: 'GetCustomerServices',
 *   method: 'GET',
 *   path: '/customers/{CustomerId}/services',
 *   summary: 'Get services',
 *   description: 'Gets the services of a customer.',
 *   scopes: ['Customer.Services'],
 *   parameters: { CustomerId: inPath(text({ title: 'Customer', description: 'The customer.' })) },
 *   customer: 'CustomerId',
 *   answer: {
 *     status: 200,
 *     description: 'The names of the services.',
 *     schema: list(text({ title: 'Service', description: 'Name of a service.' })),
 *   },
 *   errors: [],
 *   handler: async ({ customer }, { directory }: Deps) => ({ body: await directory.serviceNames(customer.id) }),
 * });
 */
export function defineOperation<
  const P extends Parameters,
  B extends Schema | undefined = undefined,
  A extends Schema | undefined = undefined,
  const C extends (keyof P & string) | undefined = undefined,
  const S extends ({ parameter: keyof P & string } & ServiceDemand) | undefined = undefined,
  const Anonymous extends true | undefined = undefined,
  Prepared = undefined,
  Deps = unknown,
>(definition: Definition<P, B, A, C, S, Anonymous, Prepared, Deps>): Operation<Deps> {
  return definition as unknown as Operation<Deps>;
}
