/*
 * A carrier for load. It speaks the simulated carrier's wire format, accepts every message at once, and reports each as
 * delivered a moment later, in signed calls. Otherwise it only counts, to take little of the machine that it shares. It
 * prints its address. GET /reported?atLeast=N answers when the client has confirmed N reports.
 */
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { createHttpClient } from './http-client.ts';
import type { HttpClient } from './http-client.ts';
import { createTally } from './measure.ts';
import { signedHeaders } from './signed-headers.ts';

const [secret = '', perCall = '100', latencyMs = '20'] = process.argv.slice(2);
const callsAtOnce = 16;

interface Submission {
  reportUrl: string;
  messages: { id: string }[];
}

const reported = createTally();
const ready: { id: string; at: string }[] = [];
let client: HttpClient | undefined;
let calls = 0;
let callsMade = 0;

async function callBack(reportUrl: string): Promise<void> {
  const { origin, pathname } = new URL(reportUrl);
  client ??= createHttpClient(origin);
  calls += 1;
  try {
    for (let lot = ready.splice(0, Number(perCall)); lot.length > 0; lot = ready.splice(0, Number(perCall))) {
      const reports = lot.map((report) => ({ ...report, status: 'delivered' }));
      const body = JSON.stringify({ reports });
      const { status } = await client.call({
        method: 'POST',
        path: pathname,
        headers: signedHeaders(secret, body),
        body,
      });
      if (status !== 200) throw new Error(`reports were answered ${status}`);
      callsMade += 1;
      reported.add(reports.length);
    }
  } finally {
    calls -= 1;
  }
}

function take({ reportUrl, messages }: Submission): { results: object[] } {
  setTimeout(() => {
    const at = new Date().toISOString();
    ready.push(...messages.map(({ id }) => ({ id, at })));
    const wanted = Math.min(callsAtOnce - calls, Math.ceil(ready.length / Number(perCall)));
    for (let index = 0; index < wanted; index++) {
      // A failed call ends the process and the measurement, because figures without these reports would be wrong.
      void callBack(reportUrl);
    }
  }, Number(latencyMs));
  return { results: messages.map(({ id }) => ({ id, result: 'accepted', reference: id.slice(-12) })) };
}

async function answerWhen(atLeast: number, response: ServerResponse): Promise<void> {
  await reported.reached(atLeast);
  const { user, system } = process.cpuUsage();
  response.end(JSON.stringify({ reports: reported.count(), calls: callsMade, processor: (user + system) / 1e6 }));
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url ?? '/', 'http://carrier');
  if (request.method === 'GET') {
    void answerWhen(Number(searchParams.get('atLeast')), response);
    return;
  }
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const answer = JSON.stringify(take(JSON.parse(Buffer.concat(pieces).toString()) as Submission));
    response.writeHead(202, { 'Content-Type': 'application/json' }).end(answer);
  });
});
// Keeps idle connections open: a client could reuse one that is just being closed.
server.keepAliveTimeout = 0;
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
