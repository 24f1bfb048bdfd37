import { createHmac, createSecretKey } from 'node:crypto';

/** What a signature is made of. */
export interface Signable {
  method: string;
  /** Percent-encoded, as it is sent, without the query. */
  path: string;
  headers: Readonly<Record<string, string | number>>;
}

/**
 * Makes the header `Authorization` of a request, which has to have `x-ms-date`, and no parameter `comp` in its query
 * (Azure documentation, "Authorize with Shared Key"; the lite form of each service).
 */
export type Sign = (request: Signable) => string;

/** @param key base64, as it stands in a connection string */
export function createSigner(kind: 'table' | 'queue', account: string, key: string): Sign {
  const secret = createSecretKey(key, 'base64');
  const lines =
    kind === 'table'
      ? ({ headers }: Signable) => [headers['x-ms-date']]
      : ({ method, headers }: Signable) => [method, '', headers['content-type'] ?? '', '', ...ownHeaders(headers)];
  return (request) => {
    const text = [...lines(request), `/${account}${request.path}`].join('\n');
    return `SharedKeyLite ${account}:${createHmac('sha256', secret).update(text).digest('base64')}`;
  };
}

function ownHeaders(headers: Signable['headers']): string[] {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-ms-'));
  return own.map(([name, value]) => `${name}:${value}`).sort();
}
