import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A call of the API, as the customer `crash`. */
export interface ApiCall {
  method: 'GET' | 'POST';
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: unknown;
}

export interface ApiAnswer {
  status: number;
  body: unknown;
}

/** Calls the API. Rejects if the connection breaks or no answer comes in time. */
export type CallApi = (call: ApiCall) => Promise<ApiAnswer>;

const timeoutMs = 15_000;

/**
 * Creates a client of the API.
 *
 * @param baseUrl the API's address, with the base path
 */
export function createCaller(baseUrl: string, apiKey: string): CallApi {
  return ({ method, path, headers = {}, body }) => {
    const content = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    return new Promise((resolve, reject) => {
      const sent = request(
        `${baseUrl}${path}`,
        {
          method,
          // A new connection for each call, so that every host gets its share.
          agent: false,
          signal: AbortSignal.timeout(timeoutMs),
          headers: {
            'x-api-key': apiKey,
            'customer-id': 'crash',
            'service-id': 'sending',
            ...(content && { 'content-type': 'application/json', 'content-length': content.length }),
            ...headers,
          },
        },
        (response) => {
          text(response).then((answer) => resolve({ status: response.statusCode ?? 0, body: parse(answer) }), reject);
        },
      );
      sent.once('error', reject).end(content);
    });
  };
}

function parse(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch {
    return answer;
  }
}
