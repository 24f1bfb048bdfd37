import type { Caller, Customer, Service, ServiceDemand } from './access.ts';
import type { ErrorCode, Problem } from './errors.ts';
import type { ObjectOf, Schema, Static, Visibility } from './schema.ts';
import type { Scope } from './scopes.ts';

/** A value that travels outside the body. Such values are text on the wire and are coerced to their schema's type. */
export interface Parameter<S extends Schema = Schema> {
  in: 'path' | 'query' | 'header';
  schema: S;
}

/** A parameter in the path; its name stands in the operation's path in braces. */
export function inPath<S extends Schema>(schema: S): Parameter<S> {
  return { in: 'path', schema };
}

/** A parameter in the query string. */
export function inQuery<S extends Schema>(schema: S): Parameter<S> {
  return { in: 'query', schema };
}

/** A parameter in a header. */
export function inHeader<S extends Schema>(schema: S): Parameter<S> {
  return { in: 'header', schema };
}

/** Whether a caller must give the parameter. */
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

/** What an operation answers when all goes well. */
interface Answer<A extends Schema = Schema> {
  status: 200 | 201 | 204;
  description: string;
  /** Absent where the answer has no body. */
  schema?: A;
}

/** What a trigger sends to those who registered with it. */
interface Trigger {
  /** How a maker sees it work: "To see it work, …". */
  hint: string;
  notification: { description: string; schema: Schema };
}

/** Reads a header of the request by its name. */
export type ReadHeader = (name: string) => string | null;

/** What the kernel has settled before it looks at the body. */
interface Settled<P, C, S, Anonymous = undefined> {
  parameters: P;
  /** Undefined for a call without a valid token, where the record lets such in. */
  caller: Anonymous extends true ? Caller | undefined : Caller;
  /** The customer named by the parameter in the record's `customer`. */
  customer: C extends string ? Customer : undefined;
  /** The service named by the parameter in the record's `service`. */
  service: S extends object ? Service : undefined;
  now: Date;
}

/** What a handler gets: everything is valid, allowed and typed. */
interface Request<P, B, C, S, Prepared, Anonymous> extends Settled<P, C, S, Anonymous> {
  body: B;
  /** For headers that are no parameters: those which the caller's runtime adds by itself. */
  header: ReadHeader;
  /** What the record's `prepare` made of the body. */
  prepared: Prepared;
}

/** What a handler returns. */
export interface Result<A> {
  body: A;
  headers?: Readonly<Record<string, string>>;
  /** A failure of ours that the caller is not told of, for the log. */
  failure?: unknown;
}

interface Metadata {
  /** Flows of Power Automate store it. */
  operationId: string;
  /** Workflows of Logic Apps store method and path. */
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: `/${string}`;
  summary: string;
  description: string;
  visibility?: Visibility;
  /** Still works, but flows should no longer be built on it; summary and description must end in "(deprecated)". */
  deprecated?: true;
  /** Any one of these opens the operation; the first is the one it belongs to. */
  scopes: readonly [Scope, ...Scope[]];
  /** The operation registers a webhook, which this says more of. */
  trigger?: Trigger;
  /** What can go wrong beyond what every operation with such parameters and body shares. */
  errors: readonly ErrorCode[];
}

/** What is wrong with a request, and, where nothing is, what its handler will work with. */
export interface Preparation<Prepared> {
  problems: readonly Problem[];
  prepared: Prepared;
}

/** The record of an operation with its types erased, as lists and loops hold it. */
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
  /** The parameter that names the customer. */
  customer?: C;
  /** The parameter that names the service, and what the operation demands of it. */
  service?: S;
  /**
   * Lets calls without a valid token in, for an operation whose parameters are secret by themselves. No customer can be
   * settled there.
   */
  anonymous?: Anonymous & (C extends string ? undefined : true | undefined);
  /**
   * The rules that a schema can't state. Gets the body before its schema was applied (any JSON), so that one answer
   * names everything that is wrong; must pass over what the schema refuses anyway. May read, and changes nothing.
   */
  prepare?: (
    request: Settled<ParameterValues<P>, C, S, Anonymous> & { body: unknown },
    deps: Deps,
  ) => Preparation<Prepared> | Promise<Preparation<Prepared>>;
  /** The effects. Runs only when nothing is wrong. */
  handler: (
    request: Request<ParameterValues<P>, BodyValue<B>, C, S, Prepared, Anonymous>,
    deps: Deps,
  ) => Promise<Result<A extends Schema ? Static<A> : undefined>>;
}

/**
 * Defines an operation: one inert record from which come the handler's types, the validators, the registration with
 * Azure Functions, the connector's definition, its scopes and the documentation. Importing it registers nothing.
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
