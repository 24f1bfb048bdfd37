import type { IncomingMessage } from 'node:http';

import { readBody } from '../core/read-body.ts';
import { readRetryAfter } from '../core/retry-after.ts';
import type { CallbackRule } from '../subscriptions/index.ts';
import { isIpLiteral, isLocalCall, parseAddress } from './address.ts';
import type { Address } from './address.ts';
import { describeFailure } from './describe-failure.ts';
import { discardBody, exchange } from './exchange.ts';
import { isForbiddenAddress, isLoopbackAddress } from './forbidden-addresses.ts';
import type { Network } from './network.ts';
import { openConnection } from './open-connection.ts';
import { readRedirect } from './redirect.ts';

/** One call. */
interface GuardedRequest {
  /** Sent as it is, byte for byte; a fragment is left out. */
  url: string;
  method: string;
  /** Beside those that every call has, or in their place. */
  headers?: Readonly<Record<string, string>>;
  /** JSON text, unless the headers say otherwise. */
  body?: string;
  /** Bytes of the answer's body that are wanted, at most; without it the body is read and forgotten. */
  bodyLimit?: number;
}

/** The body of an answer, where it was asked for. */
interface GuardedContent {
  bytes: Uint8Array | 'tooLarge';
  contentType?: string;
}

/** What it came to. `refused`: the address is one that we don't call. `failed`: no answer came. */
type GuardedOutcome =
  | { outcome: 'answered'; status: number; retryAfterSeconds?: number; content?: GuardedContent }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'failed'; reason: string };

/** Calls addresses that others chose. */
export interface GuardedClient {
  /** Never rejects. */
  request(call: GuardedRequest): Promise<GuardedOutcome>;
}

/** What the client works with. */
export interface GuardedClientSettings {
  /** Says of each address, also of one redirected to, whether it may be called. */
  rule: CallbackRule;
  network: Network;
  /** Lets plain http to this machine itself through, where the rule does too. */
  allowLoopback: boolean;
  now: () => Date;
  /** For everything together, from looking the host up to the end of the answer. */
  timeoutMs?: number;
}

const redirectLimit = 3;
const forgottenLimit = 65_536;
/** How many addresses of a host share the time, at most. */
const attemptLimit = 4;

type Answer = Extract<GuardedOutcome, { outcome: 'answered' }>;
type Step = GuardedOutcome | { outcome: 'redirected'; url: string };

/**
 * Makes a client that never calls into a private network, whatever address it is given: it connects only to an IP
 * address that it has just checked, and looks the name up once for that. A request is sent over one connection only,
 * never again over another.
 */
export function createGuardedClient(settings: GuardedClientSettings): GuardedClient {
  const { timeoutMs = 30_000 } = settings;
  return {
    async request(call) {
      const ending = new AbortController();
      const timer = setTimeout(() => ending.abort(), timeoutMs);
      try {
        return await follow({ ...settings, timeoutMs }, call, ending.signal);
      } catch (error) {
        return {
          outcome: 'failed',
          reason: ending.signal.aborted ? 'No answer came in time.' : describeFailure(error),
        };
      } finally {
        clearTimeout(timer);
        ending.abort();
      }
    },
  };
}

type Settings = Required<GuardedClientSettings>;

async function follow(settings: Settings, call: GuardedRequest, signal: AbortSignal): Promise<GuardedOutcome> {
  let { url } = call;
  for (let redirects = 0; redirects <= redirectLimit; redirects += 1) {
    const step = await callOnce(settings, { ...call, url }, signal);
    if (step.outcome !== 'redirected') return step;
    url = step.url;
  }
  return refused(`The host redirects more than ${redirectLimit} times.`);
}

async function callOnce(settings: Settings, call: GuardedRequest, signal: AbortSignal): Promise<Step> {
  signal.throwIfAborted();
  const fault = settings.rule(call.url);
  if (fault !== undefined) return refused(`The address ${fault}.`);
  const address = parseAddress(call.url);
  if (address === undefined) return refused('The address is not an absolute address.');
  const isLiteral = isIpLiteral(address);
  const addresses = isLiteral ? [address.host] : await orAborted(settings.network.resolve(address.host), signal);
  if (!addresses.every((ip) => mayConnect(settings, address, ip))) {
    return refused('The host leads to an address of a private network.');
  }
  const socket = await openConnection(settings.network, {
    addresses,
    port: address.port,
    tls: address.scheme === 'http' ? undefined : isLiteral ? {} : { servername: address.host },
    attemptMs: settings.timeoutMs / Math.min(addresses.length, attemptLimit),
    signal,
  });
  const answer = await exchange(socket, { headers: {}, ...call, ...address });
  const redirect = readRedirect(answer, call.url);
  const isWanted = redirect === undefined && call.bodyLimit !== undefined;
  const content = isWanted ? await readContent(answer, call.bodyLimit ?? 0) : undefined;
  if (content === undefined) await discardBody(answer, forgottenLimit);
  if (redirect === undefined) {
    const retryAfterSeconds = readRetryAfter(answer.headers['retry-after'], settings.now());
    return { ...answered(answer.statusCode ?? 0, retryAfterSeconds), ...(content === undefined ? {} : { content }) };
  }
  return 'url' in redirect ? { outcome: 'redirected', url: redirect.url } : refused(redirect.reason);
}

async function readContent(answer: IncomingMessage, limit: number): Promise<GuardedContent> {
  const headers = { get: (name: string) => String(answer.headers[name] ?? '') };
  const bytes = await readBody({ headers, body: answer }, limit);
  const contentType = answer.headers['content-type'];
  return { bytes, ...(contentType === undefined ? {} : { contentType }) };
}

/** Waits for a look-up, which can't be broken off, only as long as its call lasts. */
function orAborted<T>(lookup: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return Promise.race([lookup, promise]);
}

/** A name that means this machine must lead here and nowhere else, as it is called without encryption. */
function mayConnect({ allowLoopback }: Settings, address: Address, ip: string): boolean {
  return allowLoopback && isLocalCall(address) ? isLoopbackAddress(ip) : !isForbiddenAddress(ip);
}

const refused = (reason: string): GuardedOutcome => ({ outcome: 'refused', reason });

const answered = (status: number, retryAfterSeconds: number | undefined): Answer => ({
  outcome: 'answered',
  status,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});
