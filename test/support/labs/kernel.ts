import type { AccessPort, Caller, Customer, Service } from '../../../src/operation/access.ts';
import type { Operation } from '../../../src/operation/define-operation.ts';
import { dispatch } from '../../../src/operation/dispatch.ts';
import type { IncomingRequest, OutgoingResponse } from '../../../src/operation/dispatch.ts';
import type { RequestLog } from '../../../src/operation/request-log.ts';
import { scopes } from '../../../src/operation/scopes.ts';
import type { ThrottlePort } from '../../../src/operation/throttle.ts';

/** The moment at which tests of the kernel and of messages take place. */
export const testNow = new Date('2026-11-23T10:00:00.000Z');

/** Returns the time that many milliseconds after {@link testNow}. */
export function after(milliseconds: number): Date {
  return new Date(testNow.getTime() + milliseconds);
}

export const testCaller: Caller = {
  userId: 'demo-user',
  scopes: Object.keys(scopes),
  connection: 'test-connection',
};

export const testCustomer: Customer = { id: 'demo', name: 'Demo', region: 'FI', timeZone: 'Europe/Helsinki' };

export const testService: Service = {
  id: 'demo-oneway',
  name: 'Demo OneWay',
  type: 'OneWay',
  senders: ['Arena', '16400', '+358 20 743 4242'],
  allowsReplies: false,
};

/** What a test sends: `json` is written as JSON, `bytes` go as they are. */
export interface TestRequest {
  /** Names in any letters. */
  headers?: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  /** By their names in the route. */
  params?: Readonly<Record<string, string>>;
  json?: unknown;
  bytes?: Uint8Array;
}

/** What one call left behind. */
export interface TestCall {
  answer: OutgoingResponse;
  /** The entries of the log. */
  log: RequestLog[];
  /** What the kernel asked of its ports, in order: `authenticate Bearer token`, `customer demo`, `body`. */
  steps: string[];
}

/** Calls that let everybody in as {@link testCaller}, {@link testCustomer} and {@link testService}. */
function openAccess(): AccessPort {
  return {
    authenticate: async () => testCaller,
    customer: async () => testCustomer,
    service: async () => testService,
  };
}

/** Sends one request to one operation, at {@link testNow}, and records the order of what happens. Nothing is throttled unless told. */
export async function callOperation<Deps>(
  operation: Operation<Deps>,
  { headers = {}, query = {}, params = {}, json, bytes }: TestRequest,
  deps: Deps,
  {
    access: given = {},
    throttle,
    now = () => testNow,
  }: { access?: Partial<AccessPort>; throttle?: ThrottlePort; now?: () => Date } = {},
): Promise<TestCall> {
  const steps: string[] = [];
  const log: RequestLog[] = [];
  const port = { ...openAccess(), ...given };
  const access: AccessPort = {
    authenticate(credentials) {
      steps.push(`authenticate ${credentials.authorization ?? credentials.apiKey}`);
      return port.authenticate(credentials);
    },
    customer(caller, named) {
      steps.push(`customer ${named.id} in ${named.parameter} for ${caller.userId}`);
      return port.customer(caller, named);
    },
    service(customer, named, demand) {
      steps.push(`service ${named.id} in ${named.parameter} of ${customer.id} as ${demand.type}`);
      return port.service(customer, named, demand);
    },
  };
  const byLowerCase = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const body = bytes ?? new TextEncoder().encode(json === undefined ? '' : JSON.stringify(json));
  const request: IncomingRequest = {
    headers: { get: (name) => byLowerCase.get(name.toLowerCase()) ?? null },
    query: { get: (name) => query[name] ?? null },
    params,
    get body() {
      steps.push('body');
      return new Blob([new Uint8Array(body)]).stream() as IncomingRequest['body'];
    },
  };
  const answer = await dispatch(
    operation,
    request,
    {
      access,
      throttle: {
        async take(caller) {
          if (throttle === undefined) return { allowed: true };
          steps.push(`throttle ${caller.connection}`);
          return throttle.take(caller);
        },
      },
      deps,
      now,
    },
    { id: 'invocation-1', log: (entry) => log.push(entry) },
  );
  return { answer, log, steps };
}

/** The problems of an error answer as `[code, target]`, in order; a single one where the answer has no details. */
export function problemsOf({ jsonBody }: OutgoingResponse): [code: string, target: string | undefined][] {
  const { error } = jsonBody as {
    error: { code: string; target?: string; details?: { code: string; target?: string }[] };
  };
  return (error.details ?? [error]).map(({ code, target }) => [code, target]);
}
