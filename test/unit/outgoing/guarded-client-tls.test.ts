import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { connect as connectTls, createServer } from 'node:tls';
import type { TLSSocket } from 'node:tls';

import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';

import { createAddressRule } from '../../../src/outgoing/address-rule.ts';
import { createGuardedClient } from '../../../src/outgoing/guarded-client.ts';
import type { Network } from '../../../src/outgoing/network.ts';
import { realNetwork } from '../../../src/outgoing/network.ts';
import { createCertificate } from '../../support/tools/certificate.ts';
import type { Certificate } from '../../support/tools/certificate.ts';
import { eventually } from '../../support/tools/eventually.ts';
import { startRawServer } from '../../support/servers/raw-server.ts';
import { createRecordingNetwork } from '../../support/fakes/recording-network.ts';

const publicIp = '93.184.215.14';

let authority: Certificate;
let server: { port: number; serverNames: (string | false)[]; requests: string[]; stop: () => Promise<void> };

beforeAll(async () => {
  authority = createCertificate('Test authority');
  server = await startTlsServer(createCertificate('hook.example.com', authority));
});
afterAll(() => server.stop());

/** Starts a server on 127.0.0.1 that answers 202, and records server names and requests. */
async function startTlsServer({ cert, key }: Certificate): Promise<typeof server> {
  const serverNames: (string | false)[] = [];
  const requests: string[] = [];
  const tlsServer = createServer({ cert, key }, (socket) => {
    // The server name that the client sent; the types have it on the client's side only.
    serverNames.push((socket as TLSSocket & { servername: string | false }).servername);
    socket.on('error', () => {});
    socket.once('data', (chunk) => {
      requests.push(chunk.toString());
      socket.end('HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n');
    });
  });
  tlsServer.on('tlsClientError', () => {});
  await new Promise<void>((resolve) => tlsServer.listen(0, '127.0.0.1', resolve));
  return {
    port: (tlsServer.address() as AddressInfo).port,
    serverNames,
    requests,
    stop: () => new Promise<void>((resolve) => tlsServer.close(() => resolve())),
  };
}

/** Calls a host as if it were public; the connection goes to a port of this machine. */
function call(host: string, connect: Network['connect'], timeoutMs = 10_000) {
  const network = createRecordingNetwork([[publicIp]], connect);
  const client = createGuardedClient({
    rule: createAddressRule({ allowLoopback: false, allowedHosts: [] }),
    network,
    allowLoopback: false,
    now: () => new Date(),
    timeoutMs,
  });
  return client.request({ url: `https://${host}/a?b`, method: 'GET' });
}

const trusting: Network['connect'] = ({ tls }) =>
  connectTls({ host: '127.0.0.1', port: server.port, ca: authority.cert, ...tls });
const asInProduction =
  (port: number): Network['connect'] =>
  (endpoint) =>
    realNetwork.connect({ ...endpoint, address: '127.0.0.1', port });

const untrusted = (code: string) => ({
  outcome: 'failed',
  reason: `The host's certificate is not trusted (${code}).`,
});

describe('TLS', () => {
  test('sends the host as server name, and accepts a certificate for it', async () => {
    expect(await call('Hook.example.com.', trusting)).toEqual({ outcome: 'answered', status: 202 });
    expect({ serverNames: server.serverNames, requests: server.requests }).toEqual({
      serverNames: ['hook.example.com'],
      requests: [
        'GET /a?b HTTP/1.1\r\nUser-Agent: SmartDialog\r\nAccept: */*\r\nHost: hook.example.com.\r\nConnection: close\r\n\r\n',
      ],
    });
  });

  test('sends nothing if the certificate is for another host', async () => {
    const before = server.requests.length;
    const refusal = untrusted('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await call('other.example.com', trusting)).toEqual(refusal);
    expect(await call(publicIp, trusting)).toEqual(refusal);
    expect(server.requests.length).toBe(before);
  });

  test('sends nothing if the authority is unknown, even if the environment turns off the check', async () => {
    const before = server.requests.length;
    const refusal = untrusted('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
    expect(await call('hook.example.com', asInProduction(server.port))).toEqual(refusal);
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    expect(await call('hook.example.com', asInProduction(server.port))).toEqual(refusal);
    expect(server.requests.length).toBe(before);
  });

  test('sends nothing if the certificate is self-signed', async () => {
    const own = await startTlsServer(createCertificate('hook.example.com'));
    onTestFinished(() => own.stop());
    expect(await call('hook.example.com', asInProduction(own.port))).toEqual(untrusted('DEPTH_ZERO_SELF_SIGNED_CERT'));
    expect(own.requests).toEqual([]);
  });

  test('fails if the host does not speak TLS', async () => {
    const plain = createTcpServer((socket) => socket.on('error', () => {}).end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void plain.close());
    const { port } = plain.address() as AddressInfo;
    expect(await call('hook.example.com', asInProduction(port))).toEqual({
      outcome: 'failed',
      reason: expect.stringMatching(/^The TLS handshake with the host failed \(ERR_SSL_\w+\)\.$/),
    });
  });

  test('fails if the host never answers the handshake', async () => {
    const silent = await startRawServer(() => {});
    onTestFinished(() => silent.stop());
    expect(await call('hook.example.com', asInProduction(silent.port), 300)).toEqual({
      outcome: 'failed',
      reason: expect.stringMatching(/in time\.$/),
    });
    await eventually(() => expect(silent.connections).toEqual({ made: 1, open: 0 }));
  });
});
