/*
 * The environment of Kannel under load: an SMPP server that accepts every message and reports it as delivered at once,
 * and the receiver of the calls that Kannel makes for these reports. Prints the ports of both. The receiver answers
 * GET /reported?atLeast=N when N calls have come.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

import { arrives, startSmsc } from '../support/servers/smsc.ts';
import { createTally } from './measure.ts';

const reported = createTally();
const carrier = await startSmsc(() => arrives);

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

// Kannel's calls are plain GETs, so there is no body to wait for.
const receiver = createServer({ noDelay: true }, (socket) => {
  let rest = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (data) => {
    const requests = (rest + data.toString('latin1')).split('\r\n\r\n');
    rest = requests.pop() ?? '';
    for (const request of requests) {
      const atLeast = /^GET \/reported\?atLeast=(\d+)/.exec(request)?.[1];
      if (atLeast === undefined) {
        socket.write(ok);
        reported.add(1);
      } else void answerWhen(Number(atLeast), (answer) => socket.write(answer));
    }
  });
});

async function answerWhen(atLeast: number, write: (answer: string) => unknown): Promise<void> {
  await reported.reached(atLeast);
  const { user, system } = process.cpuUsage();
  const body = JSON.stringify({ reports: reported.count(), calls: reported.count(), processor: (user + system) / 1e6 });
  write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

console.log(JSON.stringify({ smpp: carrier.port, receiver: await listen(receiver) }));
