import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

import { describe, expect, onTestFinished, test } from 'vitest';

import { createAddressRule } from '../../../src/outgoing/address-rule.ts';
import { createCallbackCaller } from '../../../src/outgoing/callback-caller.ts';
import { createGuardedClient } from '../../../src/outgoing/guarded-client.ts';
import type { GuardedClientSettings } from '../../../src/outgoing/guarded-client.ts';
import { realNetwork } from '../../../src/outgoing/network.ts';
import { eventually } from '../../support/tools/eventually.ts';
import { startRawServer } from '../../support/servers/raw-server.ts';
import { createRecordingNetwork, refuseConnection } from '../../support/fakes/recording-network.ts';
import { startWebhookReceiver } from '../../support/servers/webhook-receiver.ts';

const now = new Date('2026-11-06T08:49:37Z');

const clientWith = (settings: Partial<GuardedClientSettings> = {}) =>
  createGuardedClient({
    rule: createAddressRule({ allowLoopback: true, allowedHosts: [] }),
    network: realNetwork,
    allowLoopback: true,
    now: () => now,
    ...settings,
  });

async function startServer(answer: (socket: Socket, index: number) => void) {
  const server = await startRawServer(answer);
  onTestFinished(() => server.stop());
  return { ...server, url: `http://127.0.0.1:${server.port}` };
}

/** Starts a server with one answer to every request, and posts to it. */
async function post(answer: string, settings?: Partial<GuardedClientSettings>) {
  const server = await startServer((socket) => socket.end(answer, 'latin1'));
  const outcome = await clientWith(settings).request({ url: `${server.url}/hook`, method: 'POST', body: '{}' });
  return { outcome, requests: server.requests.length };
}

const answered = (status: number) => ({ outcome: 'answered', status });
const failed = (reason: string) => ({ outcome: 'failed', reason });
const refused = (reason: string) => ({ outcome: 'refused', reason });
const closed = failed('The host closed the connection before it answered.');
const tooLate = failed('No answer came in time.');

const target = '/workflows/x/triggers/%2Frun%2f..//paths/../invoke?sp=%2Ftriggers%2F&sig=a%2Bb+c';

describe('a request', () => {
  test.each(['POST', 'PUT', 'PATCH'] as const)('is sent with %s, and path and body byte for byte', async (method) => {
    const receiver = await startWebhookReceiver(() => 202);
    onTestFinished(() => receiver.stop());
    const body = '{"text":"Työ 😀"}';
    const caller = createCallbackCaller(clientWith());
    expect(await caller.call({ url: receiver.url + target, method, body })).toEqual(answered(202));
    const headers = {
      'user-agent': 'SmartDialog',
      accept: '*/*',
      'content-type': 'application/json',
      'content-length': '20',
      host: receiver.url.slice('http://'.length),
      connection: 'close',
    };
    expect(
      receiver.calls.map((call) => ({ method: call.method, path: call.path, headers: call.headers, body: call.body })),
    ).toEqual([{ method, path: target, headers: new Map(Object.entries(headers)), body: Buffer.from(body) }]);
  });

  test.each([
    ['', '/'],
    ['/', '/'],
    ['?a=b', '/?a=b'],
    ['#part', '/'],
    ['/a?b#c?d', '/a?b'],
    ['/%7E/./a/%2e%2E/b//', '/%7E/./a/%2e%2E/b//'],
    [`/"<>^{|}'\`@:?"<>?/@`, `/"<>^{|}'\`@:?"<>?/@`],
  ])('to an address that ends in %j has the target %j', async (end, expected) => {
    const server = await startServer((socket) => socket.end('HTTP/1.1 204 None\r\n\r\n'));
    expect(await clientWith().request({ url: server.url + end, method: 'GET' })).toEqual(answered(204));
    expect(server.requests).toEqual([
      `GET ${expected} HTTP/1.1\r\nUser-Agent: SmartDialog\r\nAccept: */*\r\nHost: 127.0.0.1:${server.port}\r\nConnection: close\r\n\r\n`,
    ]);
  });

  test('has the given headers, but not their host, length and connection', async () => {
    const server = await startServer((socket) => socket.end('HTTP/1.1 204 None\r\n\r\n'));
    const headers = {
      accept: 'image/*',
      'content-type': 'text/plain',
      'X-Signature': 'abc',
      host: 'x',
      'content-length': '99',
      connection: 'keep-alive',
    };
    expect(await clientWith().request({ url: server.url, method: 'POST', headers, body: 'ä' })).toEqual(answered(204));
    expect(server.requests[0]?.split('\r\n').toSorted()).toEqual(
      [
        'POST / HTTP/1.1',
        'User-Agent: SmartDialog',
        'accept: image/*',
        'content-type: text/plain',
        'X-Signature: abc',
        `Host: 127.0.0.1:${server.port}`,
        'Content-Length: 2',
        'Connection: close',
        '',
        Buffer.from('ä').toString('latin1'),
      ].toSorted(),
    );
  });

  test('reaches this machine by the name localhost', async () => {
    const server = await startServer((socket) => socket.end('HTTP/1.1 204 None\r\n\r\n'));
    const url = `http://localhost:${server.port}/`;
    expect(await clientWith().request({ url, method: 'GET' })).toEqual(answered(204));
  });

  test('goes to the next address if the first refuses, and uses one connection only', async () => {
    const server = await startServer((socket, index) => (index === 0 ? socket.destroy() : socket.end()));
    const network = createRecordingNetwork([['127.0.0.2', '127.0.0.1', '127.0.0.3']], (endpoint) =>
      endpoint.address === '127.0.0.1' ? realNetwork.connect(endpoint) : refuseConnection(),
    );
    const url = `http://localhost:${server.port}/`;
    expect(await clientWith({ network }).request({ url, method: 'POST', body: '{}' })).toEqual(closed);
    expect({ requests: server.requests.length, dialled: network.dialled.map(({ address }) => address) }).toEqual({
      requests: 1,
      dialled: ['127.0.0.2', '127.0.0.1'],
    });
    expect(server.requests[0]).toContain(`\r\nHost: localhost:${server.port}\r\n`);
  });
});

test('an address that never answers leaves time for the next', async () => {
  const server = await startServer((socket) => socket.end('HTTP/1.1 204 None\r\n\r\n'));
  const silent = new Duplex({ read() {}, write() {} });
  const network = createRecordingNetwork([['127.0.0.2', '127.0.0.1']], (endpoint) =>
    endpoint.address === '127.0.0.2' ? silent : realNetwork.connect(endpoint),
  );
  const url = `http://localhost:${server.port}/`;
  expect(await clientWith({ network, timeoutMs: 1000 }).request({ url, method: 'GET' })).toEqual(answered(204));
  expect(silent.destroyed).toBe(true);
});

describe('an answer', () => {
  test.each([200, 202, 204, 299, 300, 304, 400, 401, 404, 410, 413, 429, 500, 503])(
    'with status %i counts as an answer',
    async (status) => {
      expect(await post(`HTTP/1.1 ${status} x\r\ncontent-length: 0\r\n\r\n`)).toEqual({
        outcome: answered(status),
        requests: 1,
      });
    },
  );

  test.each([
    ['30', 30],
    ['Fri, 06 Nov 2026 08:51:37 GMT', 120],
    ['1000000', 86_400],
  ])('with a Retry-After of %s has retryAfterSeconds', async (value, retryAfterSeconds) => {
    const { outcome } = await post(`HTTP/1.1 429 x\r\nretry-after: ${value}\r\ncontent-length: 0\r\n\r\n`);
    expect(outcome).toEqual({ outcome: 'answered', status: 429, retryAfterSeconds });
  });

  test.each([
    ['with a malformed Retry-After', 'HTTP/1.1 429 x\r\nretry-after: later\r\n\r\n', 429],
    [
      'after informational answers',
      'HTTP/1.1 100 x\r\n\r\nHTTP/1.1 103 x\r\nlink: x\r\n\r\nHTTP/1.1 202 x\r\n\r\n',
      202,
    ],
    ['of HTTP/1.0', 'HTTP/1.0 202 x\r\n\r\nrest', 202],
    ['whose body breaks off', 'HTTP/1.1 202 x\r\ncontent-length: 50\r\n\r\nrest', 202],
    ['whose chunks are nonsense', 'HTTP/1.1 202 x\r\ntransfer-encoding: chunked\r\n\r\nnonsense', 202],
  ])('%s counts as an answer', async (_name, answer, status) => {
    expect(await post(answer)).toEqual({ outcome: answered(status), requests: 1 });
  });

  test('that comes late counts as an answer', async () => {
    const server = await startServer((socket) => {
      setTimeout(() => socket.end('HTTP/1.1 202 x\r\ncontent-length: 0\r\n\r\n'), 300);
    });
    expect(await clientWith().request({ url: server.url, method: 'GET' })).toEqual(answered(202));
  });

  test('with an endless body counts as an answer, and only a limited part is read', async () => {
    let written = 0;
    const server = await startServer((socket) => {
      socket.write('HTTP/1.1 200 x\r\n\r\n');
      const write = () => {
        while (!socket.destroyed && socket.write('x'.repeat(16_384))) written += 16_384;
        if (!socket.destroyed) socket.once('drain', write);
      };
      write();
    });
    expect(await clientWith().request({ url: server.url, method: 'GET' })).toEqual(answered(200));
    await eventually(() => expect(server.connections).toEqual({ made: 1, open: 0 }));
    // The operating system buffers some more.
    expect(written).toBeLessThan(32 * 1024 * 1024);
  });

  test('whose body never ends counts as an answer when the time is over', async () => {
    const server = await startServer((socket) => socket.write('HTTP/1.1 200 x\r\ncontent-length: 10\r\n\r\nx'));
    expect(await clientWith({ timeoutMs: 300 }).request({ url: server.url, method: 'GET' })).toEqual(answered(200));
    await eventually(() => expect(server.connections).toEqual({ made: 1, open: 0 }));
  });
});

describe('no answer', () => {
  test.each([
    ['nothing', '', closed],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le', closed],
    ['only an informational answer', 'HTTP/1.1 100 x\r\n\r\n', closed],
    ['no HTTP', 'nonsense\r\n\r\n', failed('The answer is not HTTP (HPE_INVALID_CONSTANT).')],
    [
      'an endless head',
      `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
      failed('The headers of the answer are too large.'),
    ],
    [
      'another protocol',
      'HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
      failed('The answer is not HTTP (HPE_UPGRADE).'),
    ],
    ['another protocol without its name', 'HTTP/1.1 101 x\r\n\r\n', failed('The answer is not HTTP (HPE_UPGRADE).')],
  ])('if the host sends %s', async (_name, answer, outcome) => {
    expect(await post(answer)).toEqual({ outcome, requests: 1 });
  });

  test('if the connection breaks', async () => {
    const server = await startServer((socket) => socket.resetAndDestroy());
    expect(await clientWith().request({ url: server.url, method: 'GET' })).toEqual(closed);
  });

  test('if nothing listens', async () => {
    const server = await startRawServer(() => {});
    await server.stop();
    expect(await clientWith().request({ url: `http://127.0.0.1:${server.port}/?sig=x`, method: 'GET' })).toEqual(
      failed('The host refused the connection.'),
    );
  });

  test.each([
    ['nothing', ''],
    ['half a head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['informational answers', 'HTTP/1.1 102 x\r\n\r\n'],
  ])('if the host sends %s and waits; the client closes the connection', async (_name, answer) => {
    const server = await startServer((socket) => socket.write(answer));
    expect(await clientWith({ timeoutMs: 300 }).request({ url: server.url, method: 'GET' })).toEqual(tooLate);
    await eventually(() => expect(server.connections).toEqual({ made: 1, open: 0 }));
  });

  test('if the look-up of the host never ends', async () => {
    const network = { ...realNetwork, resolve: () => new Promise<never>(() => {}) };
    const url = 'https://example.com/';
    expect(await clientWith({ network, timeoutMs: 50 }).request({ url, method: 'GET' })).toEqual(tooLate);
  });

  test('if the host changes the protocol and waits; the client closes the connection', async () => {
    const server = await startServer((socket) => {
      socket.write('HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
    });
    expect(await clientWith().request({ url: server.url, method: 'GET' })).toEqual(
      failed('The answer is not HTTP (HPE_UPGRADE).'),
    );
    await eventually(() => expect(server.connections).toEqual({ made: 1, open: 0 }));
  });

  test('if a method or a header is malformed', async () => {
    const server = await startServer((socket) => socket.end('HTTP/1.1 204 None\r\n\r\n'));
    const { url } = server;
    expect(await clientWith().request({ url, method: 'GET /x' })).toEqual(
      failed('The call failed (ERR_INVALID_HTTP_TOKEN).'),
    );
    expect(await clientWith().request({ url, method: 'GET', headers: { x: 'a\r\nb' } })).toEqual(
      failed('The call failed (ERR_INVALID_CHAR).'),
    );
    expect(server.requests).toEqual([]);
  });
});

describe('a redirect', () => {
  /** Redirects once for each of the given heads, then answers 202. */
  async function follow(...heads: readonly ((port: number) => string)[]) {
    const server = await startServer((socket, index) => {
      const head = heads[index]?.(server.port);
      socket.end(`HTTP/1.1 ${head ?? '202 x'}\r\ncontent-length: 2\r\n\r\nhi`, 'latin1');
    });
    const outcome = await clientWith().request({ url: `${server.url}/a?b=%2F`, method: 'PUT', body: '{"a":1}' });
    const wireForm = /^PUT (?<path>\S+) [^]*\r\n\r\n\{"a":1\}$/;
    return { outcome, paths: server.requests.map((request) => wireForm.exec(request)?.groups?.['path']) };
  }
  const elsewhere = refused('The host redirects to another host, port or scheme.');

  test.each([
    ['a path', () => '307 x\r\nlocation: /c/%2F/../d?e=%2f', '/c/%2F/../d?e=%2f'],
    [
      'an address',
      (port: number) => `308 x\r\nlocation: http://127.0.0.1:${port}/c/..%2f/../%7e?d#e`,
      '/c/..%2f/../%7e?d',
    ],
    ['an address in other letters', (port: number) => `308 x\r\nlocation: HTTP://127.1:${port}?d`, '/?d'],
    ['a relative path', () => '307 x\r\nlocation: c/d', '/c/d'],
    ['a query', () => '307 x\r\nlocation: ?d', '/a?d'],
  ])('to %s on the same host is followed with method and body', async (_name, head, path) => {
    expect(await follow(head)).toEqual({ outcome: answered(202), paths: ['/a?b=%2F', path] });
  });

  test('is followed up to three times', async () => {
    const next = (index: number) => () => `307 x\r\nlocation: /${index}`;
    const paths = ['/a?b=%2F', '/1', '/2', '/3'];
    expect(await follow(next(1), next(2), next(3))).toEqual({ outcome: answered(202), paths });
    expect(await follow(next(1), next(2), next(3), next(4))).toEqual({
      outcome: refused('The host redirects more than 3 times.'),
      paths,
    });
  });

  test.each([
    ['another host', '307 x\r\nlocation: https://example.com/', elsewhere],
    ['another port', '308 x\r\nlocation: http://127.0.0.1:1/', elsewhere],
    ['another scheme', '307 x\r\nlocation: https://127.0.0.1/', elsewhere],
    ['a private address', '307 x\r\nlocation: http://10.0.0.1/', elsewhere],
    ['a metadata service', '307 x\r\nlocation: //169.254.169.254/metadata', elsewhere],
    ['another host by backslashes', String.raw`307 x${'\r\n'}location: /\10.0.0.1/`, elsewhere],
    ['another host for a GET', '302 x\r\nlocation: https://example.com/', elsewhere],
    ['a file', '307 x\r\nlocation: file:///etc/passwd', elsewhere],
    ['no address', '307 x', refused('The host redirects with status 307, but gives no valid address.')],
    [
      'a malformed address',
      '308 x\r\nlocation: http://[',
      refused('The host redirects with status 308, but gives no valid address.'),
    ],
    [
      'a path with characters outside ASCII',
      '307 x\r\nlocation: /ä',
      refused('The address must not contain spaces, backslashes or characters outside ASCII.'),
    ],
    [
      'a path, for a GET',
      '303 x\r\nlocation: /c',
      refused("The host redirects with status 303, which doesn't keep the request as it is."),
    ],
    [
      'a path, perhaps for a GET',
      '301 x\r\nlocation: /c',
      refused("The host redirects with status 301, which doesn't keep the request as it is."),
    ],
  ])('to %s is refused', async (_name, head, outcome) => {
    expect(await follow(() => head)).toEqual({ outcome, paths: ['/a?b=%2F'] });
  });

  test('is looked up and checked again', async () => {
    const server = await startServer((socket) => {
      socket.end('HTTP/1.1 307 x\r\nlocation: /c\r\ncontent-length: 0\r\n\r\n');
    });
    const network = createRecordingNetwork([['127.0.0.1'], ['10.0.0.1']], (endpoint) => realNetwork.connect(endpoint));
    const url = `http://localhost:${server.port}/`;
    expect(await clientWith({ network }).request({ url, method: 'POST', body: '{}' })).toEqual(
      refused('The host resolves to an address in a private network.'),
    );
    expect(network.dialled).toEqual([{ address: '127.0.0.1', port: server.port, tls: undefined }]);
  });

  test('does not extend the time of the call', async () => {
    const server = await startServer((socket) => {
      socket.write('HTTP/1.1 307 x\r\nlocation: /c\r\ncontent-length: 9\r\n\r\n');
    });
    const network = createRecordingNetwork([['127.0.0.1']], (endpoint) => realNetwork.connect(endpoint));
    const url = `http://localhost:${server.port}/`;
    expect(await clientWith({ network, timeoutMs: 300 }).request({ url, method: 'GET' })).toEqual(tooLate);
    expect(network.lookups).toEqual(['localhost']);
    expect(server.requests.length).toBe(1);
  });
});
