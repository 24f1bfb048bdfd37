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
  /** Below the address of the service, percent-encoded, with a slash at its beginning. */
  path: string;
  query?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** The table or the queue service of a storage account. */
export interface StorageService {
  /** Without a slash at its end. */
  url: string;
  /** Sends a request once. Rejects with a StorageError where the service did not do it. */
  send(request: ServiceRequest): Promise<StorageAnswer>;
}

/** Milliseconds for one try. Whoever waits for a flow is given 120 seconds in all. */
const defaultTimeLimitMs = 10_000;

/** The versions of the services' interfaces that this is written for. Queues and tables know tokens by then. */
const versions = { table: '2020-12-06', queue: '2021-12-02' };

/** Opens a service of a storage account; nothing is sent before the first request. */
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
  /** Stands in the query of every request. */
  signature?: string;
  authorize: (request: Signable) => Promise<string> | string | undefined;
}

function accessTo(connection: StorageConnection, kind: 'table' | 'queue'): Access {
  if (!('connectionString' in connection)) {
    const token = tokensOf(connection.credential);
    const url = connection[`${kind}Url`].replace(/\/+$/, '');
    if (!isPrivate(new URL(url))) throw new Error(`a token for the ${kind} service would go over plain HTTP`);
    return { url, authorize: async () => `Bearer ${await token()}` };
  }
  const { url, account } = parseConnectionString(connection.connectionString, kind);
  if ('signature' in account) return { url, signature: account.signature, authorize: () => undefined };
  return { url, authorize: createSigner(kind, account.name, account.key) };
}

/** Whether nobody on the way can read what is sent: it is encrypted, or does not leave this machine. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === '127.0.0.1';
}

const tokenSources = new WeakMap<TokenCredential, () => Promise<string>>();

/** One token serves all tables and queues of a credential. */
function tokensOf(credential: TokenCredential): () => Promise<string> {
  const known = tokenSources.get(credential);
  if (known !== undefined) return known;
  const source = createTokenSource(credential, storageScope);
  tokenSources.set(credential, source);
  return source;
}
