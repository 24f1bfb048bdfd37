/*
 * What stands around Kannel under load: an SMPP server that takes every message and reports it as delivered at once, and
 * the receiver of the calls that Kannel makes for these reports. It says the ports of both, and answers
 * GET /reported?atLeast=N on the second when so many calls came.
 */
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';

import smpp from 'smpp';

import { createTally } from './measure.ts';

const reported = createTally();
let taken = 0;

const carrier = smpp.createServer((session) => {
  // Without this, a window of messages waits for delayed acknowledgements.
  session.socket.setNoDelay(true);
  session.on('error', () => session.socket.destroy());
  session.on('pdu', (pdu) => {
    if (pdu.command.endsWith('_resp')) return;
    if (pdu.command !== 'submit_sm') {
      session.send(pdu.response());
      return;
    }
    taken += 1;
    const id = String(taken);
    session.send(pdu.response({ message_id: id }));
    if (pdu.registered_delivery === 0) return;
    session.deliver_sm({
      source_addr: pdu.destination_addr,
      destination_addr: pdu.source_addr,
      // A delivery receipt.
      esm_class: 4,
      data_coding: 0,
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:DELIVRD err:000 text:`,
      receipted_message_id: id,
      message_state: 2,
    });
  });
});

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

console.log(JSON.stringify({ smpp: await listen(carrier), receiver: await listen(receiver) }));
