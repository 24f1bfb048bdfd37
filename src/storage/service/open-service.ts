import type { TokenCredential } from '@azure/identity';

import type { StorageConnection } from '../connection.ts';
import { createTokenSource, storageScope } from './bearer-token.ts';
import { parseConnectionString } from './connection-string.ts';
import { exchange } from './exchange.ts';
import type { StorageAnswer } from './exchange.ts';
import { createSigner } from './shared-key.ts';
import type { Signable } from './shared-key.ts';
import { storageError } from './storage-error.ts';

/** A request to a storage service. */
export interface ServiceRequest {
  method: string;
  /** The path below the address of the service, percent-encoded, with a slash at its beginning. */
  path: string;
  query?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** The table or the queue service of a storage account. */
export interface StorageService {
  /** The address of the service, without a slash at its end. */
  url: string;
  /**
   * Sends a request once. Rejects with a StorageError if the service refuses it, with another error if none answers.
   */
  send(request: ServiceRequest): Promise<StorageAnswer>;
}

/** Milliseconds for one try. The platform gives an action of a flow 120 seconds in all. */
const defaultTimeLimitMs = 10_000;

/** The versions of the REST APIs that this code is written for. From these on, tables and queues accept tokens. */
const versions = { table: '2020-12-06', queue: '2021-12-02' };

/**
 * Opens a service of a storage account. Sends nothing before the first request.
 *
 * @throws Error if the connection string is malformed, or if a token would be sent unencrypted
 */
export function openService(connection: StorageConnection, kind: 'table' | 'queue'): StorageService {
  const { url, signature, authorize } = accessTo(connection, kind);
  const endpoint = new URL(url);
  const base = endpoint.pathname.replace(/\/+$/, '');
  const timeLimitMs = connection.timeLimitMs ?? defaultTimeLimitMs;
  return {
    url,
    async send({ method, path, query, headers, body = '' }) {
      const request = {
        method,
        path: base + path,
        headers: { ...headers, 'x-ms-date': new Date().toUTCString(), 'x-ms-version': versions[kind] },
      };
      const authorization = await authorize(request);
      const queries = [query, signature].filter((part) => part !== undefined);
      const answer = await exchange(
        endpoint,
        {
          method,
          path: queries.length === 0 ? request.path : `${request.path}?${queries.join('&')}`,
          headers: authorization === undefined ? request.headers : { ...request.headers, authorization },
          body,
        },
        timeLimitMs,
      );
      if (answer.status >= 300) throw storageError(answer);
      return answer;
    },
  };
}

interface Access {
  url: string;
  /** A shared access signature, which is part of the query of every request. */
  signature?: string;
  authorize: (request: Signable) => Promise<string> | string | undefined;
}

function accessTo(connection: StorageConnection, kind: 'table' | 'queue'): Access {
  if (!('connectionString' in connection)) {
    const token = tokensOf(connection.credential);
    const url = connection[`${kind}Url`].replace(/\/+$/, '');
    if (!isPrivate(new URL(url)))
      throw new Error(`the address of the ${kind} service must be https: a token would be sent over plain HTTP`);
    return { url, authorize: async () => `Bearer ${await token()}` };
  }
  const { url, account } = parseConnectionString(connection.connectionString, kind);
  if ('signature' in account) return { url, signature: account.signature, authorize: () => undefined };
  return { url, authorize: createSigner(kind, account.name, account.key) };
}

/** Tells whether nobody on the way can read requests to an address: they are encrypted or stay on this machine. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === '127.0.0.1';
}

const tokenSources = new WeakMap<TokenCredential, () => Promise<string>>();

/** Returns the source of a credential's tokens. All tables and queues share it, so that they share a token. */
function tokensOf(credential: TokenCredential): () => Promise<string> {
  const known = tokenSources.get(credential);
  if (known !== undefined) return known;
  const source = createTokenSource(credential, storageScope);
  tokenSources.set(credential, source);
  return source;
}
