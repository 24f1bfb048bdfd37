import { createHash, createHmac } from 'node:crypto';

/** The parts of a request that its signature covers. */
export interface SignedParts {
  method: string;
  url: string;
  /** Empty for a request without a body. */
  body: string;
}

/**
 * Signs a request with the key of a resource (Base64) and returns the headers to add. The signature is the HMAC-SHA-256
 * of the method, the path with the query, the date, the host and the hash of the body (Microsoft's "Sign an HTTP
 * request", Azure Communication Services). The signed host includes the port, as `fetch` sends it.
 */
export function signRequest(request: SignedParts, accessKey: string, now: Date): Record<string, string> {
  const { host, pathname, search } = new URL(request.url);
  const date = now.toUTCString();
  const contentHash = createHash('sha256').update(request.body).digest('base64');
  const text = `${request.method}\n${pathname}${search}\n${date};${host};${contentHash}`;
  const signature = createHmac('sha256', Buffer.from(accessKey, 'base64')).update(text).digest('base64');
  return {
    'x-ms-date': date,
    'x-ms-content-sha256': contentHash,
    authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${signature}`,
  };
}
