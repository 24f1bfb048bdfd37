import { createHmac, createSecretKey } from 'node:crypto';

/** The parts of a request that the signature covers. */
export interface Signable {
  method: string;
  /** The path as it is sent, percent-encoded, without the query. */
  path: string;
  headers: Readonly<Record<string, string | number>>;
}

/**
 * Makes the `Authorization` header of a request. The request must have an `x-ms-date` header and no `comp` parameter in
 * its query (Azure documentation, "Authorize with Shared Key": Shared Key Lite for each service).
 */
export type Sign = (request: Signable) => string;

/**
 * Creates the function that signs requests to a service.
 *
 * @param key the account's key in base64, as in a connection string
 */
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

/** Lists the `x-ms-` headers as the signature needs them: sorted, as `name:value`. */
function ownHeaders(headers: Signable['headers']): string[] {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-ms-'));
  return own.map(([name, value]) => `${name}:${value}`).sort();
}
