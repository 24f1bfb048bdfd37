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
  /** Sent unchanged, byte for byte, but without a fragment. */
  url: string;
  method: string;
  /** Added to the headers of every call; may replace some of them. */
  headers?: Readonly<Record<string, string>>;
  /** JSON, unless the headers name another content type. */
  body?: string;
  /** The maximum size of the answer's body in bytes. If absent, the client discards the body. */
  bodyLimit?: number;
}

/** The body of an answer. */
interface GuardedContent {
  bytes: Uint8Array | 'tooLarge';
  contentType?: string;
}

/** The result of a call. `refused`: the client doesn't call this address. `failed`: no answer came. */
type GuardedOutcome =
  | { outcome: 'answered'; status: number; retryAfterSeconds?: number; content?: GuardedContent }
  | { outcome: 'refused'; reason: string }
  | { outcome: 'failed'; reason: string };

/** Calls addresses that callers chose. */
export interface GuardedClient {
  /** Makes one call. Never rejects. */
  request(call: GuardedRequest): Promise<GuardedOutcome>;
}

/** What the client depends on. */
export interface GuardedClientSettings {
  /** Decides whether an address may be called, also the target of a redirect. */
  rule: CallbackRule;
  network: Network;
  /** Allows plain http to this machine itself, if the rule allows it too. */
  allowLoopback: boolean;
  now: () => Date;
  /** The time for the whole call in milliseconds, from DNS look-up to the end of the answer. Default: 30,000. */
  timeoutMs?: number;
}

const redirectLimit = 3;
/** Bytes of an unwanted body that the client reads before it closes the connection. */
const discardLimit = 65_536;
/** The time is divided among at most this many addresses of a host. */
const attemptLimit = 4;

type Answer = Extract<GuardedOutcome, { outcome: 'answered' }>;
type Step = GuardedOutcome | { outcome: 'redirected'; url: string };

/**
 * Creates a client that never calls into a private network, whatever address it gets. It looks a host name up once, and
 * connects only to IP addresses that it has checked. It sends a request over one connection only, and never repeats it
 * over another.
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
  const problem = settings.rule(call.url);
  if (problem !== undefined) return refused(`The address ${problem}.`);
  const address = parseAddress(call.url);
  if (address === undefined) return refused('The address is not an absolute address.');
  const isLiteral = isIpLiteral(address);
  const addresses = isLiteral ? [address.host] : await orAborted(settings.network.resolve(address.host), signal);
  if (!addresses.every((ip) => mayConnect(settings, address, ip))) {
    return refused('The host resolves to an address in a private network.');
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
  if (content === undefined) await discardBody(answer, discardLimit);
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

/** Waits for a look-up until the call is aborted: a look-up can't be cancelled. */
function orAborted<T>(lookup: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  return Promise.race([lookup, promise]);
}

/** A name for this machine must resolve to a loopback address, since the call to it is not encrypted. */
function mayConnect({ allowLoopback }: Settings, address: Address, ip: string): boolean {
  return allowLoopback && isLocalCall(address) ? isLoopbackAddress(ip) : !isForbiddenAddress(ip);
}

const refused = (reason: string): GuardedOutcome => ({ outcome: 'refused', reason });

const answered = (status: number, retryAfterSeconds: number | undefined): Answer => ({
  outcome: 'answered',
  status,
  ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
});
