import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

/** The data for the local host's own answers. */
export interface RootContext {
  /** The address of the simulated carrier, if it is one of the carriers that send. */
  carrierUrl?: string;
  addresses: Readonly<Record<string, string>>;
  issueToken: (user?: string) => Promise<string>;
  /** Of the local storage, for operators' commands; absent if the app uses an account that the environment names. */
  connectionString?: string;
}

/**
 * Answers requests outside the app: the simulated phones, a demo token, addresses and the connection string. Resolves
 * to false if it has no answer.
 */
export async function answerRoot(
  request: IncomingMessage,
  response: ServerResponse,
  { carrierUrl, addresses, issueToken, connectionString }: RootContext,
): Promise<boolean> {
  const url = URL.parse(request.url ?? '/', 'http://localhost');
  if (url === null) return false;
  const json = (status: number, body: string): true => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    return true;
  };
  const passOn = async (answer: Response): Promise<true> => json(answer.status, await answer.text());

  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      return json(200, JSON.stringify(addresses, undefined, 2));
    case 'GET /token':
      return json(200, JSON.stringify({ access_token: await issueToken(url.searchParams.get('user') ?? undefined) }));
    case 'GET /storage':
      return connectionString === undefined ? false : json(200, JSON.stringify({ connectionString }));
    case 'GET /simulator/messages':
      return carrierUrl === undefined ? false : passOn(await fetch(`${carrierUrl}/messages${url.search}`));
    case 'POST /simulator/inbound':
      return carrierUrl === undefined ? false : passOn(await fetch(`${carrierUrl}/inbound`, postOf(request)));
    default:
      return false;
  }
}

/** Repeats the call with its body as a stream, so that the carrier's own limit of 16 MiB applies. */
function postOf(request: IncomingMessage): RequestInit {
  const body = Readable.toWeb(request);
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' };
}
