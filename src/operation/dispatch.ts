import type { AccessPort, Caller, Customer, Named, Service } from './access.ts';
import type { Operation, ReadHeader, Result } from './define-operation.ts';
import { ApiError, apiError, errorBody, refuse } from './errors.ts';
import { readBody } from '../core/read-body.ts';
import type { BodySource } from '../core/read-body.ts';
import { correlationIds, idsAmong } from './request-log.ts';
import type { RequestLog } from './request-log.ts';
import { routeValue } from './route.ts';
import { asJsonSchema } from './schema.ts';
import type { ThrottlePort } from './throttle.ts';
import { count } from '../core/plural.ts';
import { UnavailableError } from '../core/unavailable-error.ts';
import { checkBody, checkParameters, dropAbsentFields, dropUnknownFields } from './validate.ts';

/** The part of an HTTP request that operations need; `HttpRequest` of @azure/functions has it. */
export interface IncomingRequest extends BodySource {
  query: { get(name: string): string | null };
  params: Readonly<Record<string, string>>;
}

/** An HTTP answer; `HttpResponseInit` of @azure/functions is one. */
export interface OutgoingResponse {
  status: number;
  headers: Record<string, string>;
  jsonBody?: unknown;
}

/** The dependencies of the kernel, and those of the operations. */
export interface Kernel<Deps> {
  access: AccessPort;
  /** Counts each call of an operation that is not anonymous. */
  throttle: ThrottlePort;
  deps: Deps;
  now: () => Date;
}

/** One call of a function. */
export interface Invocation {
  /** The reference that a caller can quote and an operator can find in the log. */
  id: string;
  log: (entry: RequestLog) => void;
}

/** The size of the largest body that is accepted, in bytes. */
export const bodyLimit = 4 * 1024 * 1024;

/**
 * Answers one request to one operation. Checks, in this order: caller, throttle, scope, parameters, customer, service,
 * body; so a caller learns nothing about a customer that isn't theirs. Never rejects. An {@link UnavailableError}
 * becomes a 503, which platforms retry; any other failure of ours becomes a 500 with a reference to the log.
 */
export async function dispatch<Deps>(
  operation: Operation<Deps>,
  request: IncomingRequest,
  kernel: Kernel<Deps>,
  { id: reference, log }: Invocation,
): Promise<OutgoingResponse> {
  const about = { operation: operation.operationId, reference, ...correlationIds(request.headers) };
  const entry: RequestLog = { ...about, status: 500 };
  const answer = await attempt(operation, request, kernel, entry).catch((error: unknown) => {
    if (error instanceof ApiError) return failure(error, entry);
    entry.error = error;
    return failure(
      error instanceof UnavailableError ? unavailable(error) : apiError('InternalError', { reference }),
      entry,
    );
  });
  entry.status = answer.status;
  log(entry);
  return answer;
}

function failure(error: ApiError, entry: RequestLog): OutgoingResponse {
  entry.code = error.code;
  return { status: error.status, headers: { ...error.headers }, jsonBody: errorBody(error) };
}

/** Seconds after which a caller may repeat the call. */
const retryAfter = '5';

function unavailable({ what }: UnavailableError): ApiError {
  return apiError('Unavailable', { what }, { 'Retry-After': retryAfter });
}

/** The parts of a request that are resolved before its body is read. */
interface Resolved {
  parameters: Record<string, unknown>;
  caller: Caller | undefined;
  customer: Customer | undefined;
  service: Service | undefined;
  now: Date;
}

async function attempt<Deps>(
  operation: Operation<Deps>,
  request: IncomingRequest,
  kernel: Kernel<Deps>,
  entry: RequestLog,
): Promise<OutgoingResponse> {
  const resolved = await resolve(operation, request, kernel, entry);
  if (resolved.customer !== undefined) entry.customer = resolved.customer.id;
  Object.assign(entry, idsAmong(resolved.parameters));
  const body = operation.body === undefined ? undefined : await readJson(request);
  if (operation.body !== undefined) dropAbsentFields(asJsonSchema(operation.body.schema), body);
  const errors = checkBody(operation, body);
  const unprepared = { problems: [], prepared: undefined };
  const { problems, prepared } = (await operation.prepare?.({ ...resolved, body } as never, kernel.deps)) ?? unprepared;
  refuse([...errors, ...problems]);
  if (operation.body !== undefined) dropUnknownFields(asJsonSchema(operation.body.schema), body);
  const header: ReadHeader = (name) => request.headers.get(name);
  const handled = { ...resolved, header, body, prepared };
  const result: Result<unknown> = await operation.handler(handled as never, kernel.deps);
  Object.assign(entry, idsAmong(result.body));
  if (result.failure !== undefined) entry.error = result.failure;
  const { status, schema } = operation.answer;
  return { status, headers: { ...result.headers }, ...(schema === undefined ? {} : { jsonBody: result.body }) };
}

/**
 * Resolves caller, parameters, customer and service, in this order. If the call could not be counted, sets the reason
 * in `entry`.
 *
 * @throws {ApiError} if the request is refused
 */
async function resolve<Deps>(
  operation: Operation<Deps>,
  request: IncomingRequest,
  kernel: Kernel<Deps>,
  entry: RequestLog,
): Promise<Resolved> {
  const authenticated = kernel.access.authenticate({
    authorization: request.headers.get('authorization'),
    apiKey: request.headers.get('x-api-key'),
  });
  const caller = await (operation.anonymous === true
    ? authenticated.catch((error: unknown) => treatAsAnonymous(error, entry))
    : authenticated);
  if (operation.anonymous !== true && caller !== undefined) {
    await countCall(caller, kernel.throttle, entry);
    requireScope(operation, caller);
  }
  const parameters = readParameters(operation, request);
  refuse(checkParameters(operation, parameters));
  const named = (parameter: string): Named => ({ id: String(parameters[parameter]), parameter });
  const { customer: customerParameter, service: demand } = operation;
  const customer =
    customerParameter === undefined || caller === undefined
      ? undefined
      : await kernel.access.customer(caller, named(customerParameter));
  const service =
    demand === undefined || customer === undefined
      ? undefined
      : await kernel.access.service(customer, named(demand.parameter), demand);
  return { parameters, caller, customer, service, now: kernel.now() };
}

async function countCall(caller: Caller, throttle: ThrottlePort, entry: RequestLog): Promise<void> {
  const permit = await throttle.take(caller);
  if (!permit.allowed) {
    const { limit, retryAfterSeconds: seconds } = permit;
    throw apiError('Throttled', { limit, wait: count(seconds, 'second') }, { 'Retry-After': String(seconds) });
  }
  if (permit.failure !== undefined) entry.error = permit.failure;
}

/** Throws unless the caller has one of the operation's scopes. The challenge is that of RFC 6750, section 3.1. */
function requireScope({ scopes }: Pick<Operation<never>, 'scopes'>, caller: Caller): void {
  if (scopes.some((scope) => caller.scopes.includes(scope))) return;
  const [scope] = scopes;
  const challenge = `Bearer error="insufficient_scope", scope="${scope}"`;
  throw apiError('MissingScope', { scope }, { 'WWW-Authenticate': challenge });
}

/** Treats a caller whose token is not valid as anonymous. Logs the error only if the failure is ours. */
function treatAsAnonymous(error: unknown, entry: RequestLog): undefined {
  if (!(error instanceof ApiError)) entry.error = error;
}

function readParameters(operation: Operation<never>, request: IncomingRequest): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, { in: place }] of Object.entries(operation.parameters)) {
    const value = {
      path: () => routeValue(request.params, name),
      query: () => request.query.get(name),
      header: () => request.headers.get(name),
    }[place]();
    if (value !== undefined && value !== null && value.trim() !== '') values[name] = value.trim();
  }
  return values;
}

async function readJson(request: IncomingRequest): Promise<unknown> {
  const contentType = request.headers.get('content-type') ?? 'application/json';
  if (!/^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType.trim())) {
    throw apiError('UnsupportedContentType', { contentType });
  }
  const bytes = await readBody(request, bodyLimit);
  if (bytes === 'tooLarge') throw apiError('BodyTooLarge', { limit: bodyLimit });
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (error) {
    throw apiError('InvalidJson', {
      reason: bytes.byteLength === 0 ? 'it is empty or came without its length' : (error as Error).message,
    });
  }
}
