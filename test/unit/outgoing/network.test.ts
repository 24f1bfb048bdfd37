import { createSocket } from 'node:dgram';

import { expect, onTestFinished, test } from 'vitest';

import { askNameServers } from '../../../src/outgoing/network.ts';

/** Types of records (RFC 1035, 3.2.2; RFC 3596, 2.1). */
const types = { A: 1, AAAA: 28 } as const;

/** A name server on the loopback interface that knows one host, with these addresses as bytes. */
async function startNameServer(known: { type: keyof typeof types; bytes: number[] }[]): Promise<string> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const end = query.indexOf(0, 12) + 5;
    const question = query.subarray(12, end);
    const wantedType = query.readUInt16BE(end - 4);
    const isKnown = question.includes('known');
    const records = known.filter(({ type }) => isKnown && types[type] === wantedType);
    const head = Buffer.alloc(12);
    query.copy(head, 0, 0, 2);
    // An answer, with recursion; 3 is "no such name" (RFC 1035, 4.1.1).
    head.writeUInt16BE(0x8180 | (isKnown ? 0 : 3), 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(records.length, 6);
    const answers = records.map(({ type, bytes }) =>
      Buffer.from([0xc0, 12, 0, types[type], 0, 1, 0, 0, 0, 60, 0, bytes.length, ...bytes]),
    );
    socket.send(Buffer.concat([head, question, ...answers]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  return `127.0.0.1:${socket.address().port}`;
}

const ipv4 = { type: 'A', bytes: [203, 0, 113, 7] } as const;
const ipv6 = { type: 'AAAA', bytes: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7] } as const;

test.each([
  ['of both kinds', [ipv4, ipv6], ['203.0.113.7', '2001:db8::7']],
  ['of version 4 alone', [ipv4], ['203.0.113.7']],
  ['of version 6 alone', [ipv6], ['2001:db8::7']],
])('finds the addresses of a host: %s', async (_, records, addresses) => {
  const server = await startNameServer(records.map(({ type, bytes }) => ({ type, bytes: [...bytes] })));
  expect(await askNameServers('known.example', [server])).toEqual(addresses);
});

test.each([
  ['that does not exist', 'other.example', 'ENOTFOUND'],
  ['without addresses', 'known.example', 'ENODATA'],
])('rejects for a host %s', async (_, host, code) => {
  const server = await startNameServer([]);
  await expect(askNameServers(host, [server])).rejects.toMatchObject({ code });
});
