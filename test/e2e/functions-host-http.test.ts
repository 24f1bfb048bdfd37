import { request as httpRequest } from 'node:http';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterAll, describe, expect, it } from 'vitest';

import { eventually } from '../support/tools/eventually.ts';
import type { SpawnedHost } from '../support/hosts/functions-host/spawn-host.ts';
import { fixtures, spawnHost } from '../support/hosts/functions-host/spawn-host.ts';

/*
 * The behaviour of HTTP triggers in Azure, asserted on the local host: once with whole bodies, once with HTTP streaming.
 * `mode` holds the differences between the two.
 */
const modes = [
  { name: 'whole bodies', files: [], streaming: false, duplicates: ['1,2'], chunkedBody: '' },
  {
    name: 'HTTP streaming',
    files: [fixtures.streaming],
    streaming: true,
    duplicates: ['1', '2'],
    chunkedBody: 'a chunked body',
  },
];

const hosts = await Promise.all(
  modes.map(({ files }) =>
    spawnHost([...files, fixtures.http, fixtures.hooked], {
      connectionString: 'UseDevelopmentStorage=true',
      environment: { 'AzureWebJobs.switched-off.Disabled': 'true' },
    }),
  ),
);
afterAll(() => Promise.all(hosts.map((host) => host.stop())));

/** Sends a request that fetch wouldn't send: repeated headers, a body with GET, a wrong length. */
async function send(
  host: SpawnedHost,
  path: string,
  { body, chunks, ...options }: RequestOptions & { body?: string; chunks?: Iterable<string | Buffer> } = {},
): Promise<{ status: number | undefined; body: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = httpRequest(`${host.url}${path}`, options, resolve).on('error', reject);
    for (const chunk of chunks ?? []) request.write(chunk);
    request.end(body);
  });
  return { status: response.statusCode, body: await text(response) };
}

describe.each(modes.map((mode, index) => ({ ...mode, host: hosts[index] as SpawnedHost })))('$name', (mode) => {
  const { host } = mode;
  const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${host.url}/api/v1/${path}`, init);
  const echo = async (path: string, init?: RequestInit): Promise<Record<string, unknown>> =>
    (await (await call(path, init)).json()) as Record<string, unknown>;

  it('matches routes without regard to case, the more specific first', async () => {
    const paths = [
      'ITEMS/Recent',
      'items/12',
      'items/x',
      'items/99999999999',
      'optional/a',
      'optional/a/b',
      'files',
      'files/a/b',
    ];
    expect(await Promise.all(paths.map((path) => echo(path)))).toEqual([
      { name: 'recent', params: {} },
      { name: 'numbered', params: { id: '12' } },
      { name: 'any', params: { id: 'x' } },
      { name: 'any', params: { id: '99999999999' } },
      { name: 'optional', params: { first: 'a' } },
      { name: 'optional', params: { first: 'a', second: 'b' } },
      { name: 'rest', params: {} },
      { name: 'rest', params: { path: 'a/b' } },
    ]);
  });

  it('decodes a parameter, but not an encoded slash', async () => {
    const paths = ['items/a%20b', 'items/a%2Fb', 'items/%C3%A4+%26', 'items/50%25', 'files/a%2fb/c%20d', 'items/x/'];
    expect((await Promise.all(paths.map((path) => echo(path)))).map(({ params }) => params)).toEqual([
      { id: 'a b' },
      { id: 'a%2Fb' },
      { id: 'ä+&' },
      { id: '50%' },
      { path: 'a%2fb/c d' },
      { id: 'x' },
    ]);
  });

  it('tells functions of one route apart by their methods', async () => {
    expect(await echo('both')).toEqual({ name: 'get', params: {} });
    expect(await echo('both', { method: 'PUT' })).toEqual({ name: 'put', params: {} });
  });

  it('answers 404 with an empty body if no function has the route and the method', async () => {
    const missing: [path: string, init?: RequestInit][] = [
      ['/api/v1/unknown'],
      ['/api/v1/echo/more'],
      ['/api/v1/items'],
      ['/api/v1/items//'],
      ['/api/v1/both', { method: 'POST' }],
      ['/api/v1/switched-off'],
      ['/echo'],
      ['/'],
    ];
    for (const [path, init] of missing) {
      const response = await fetch(host.url + path, init);
      expect({ path, status: response.status, body: await response.text() }).toEqual({ path, status: 404, body: '' });
    }
  });

  it('leaves requests outside the route prefix to otherRoutes', async () => {
    expect(await (await fetch(`${host.url}/other`)).text()).toBe('answered elsewhere');
    expect((await fetch(`${host.url}/api/v1/other`)).status).toBe(404);
    await expect(fetch(`${host.url}/broken`).then((response) => response.text())).rejects.toThrow(TypeError);
    expect(host.logged).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringContaining('broken on purpose') as string }),
    );
  });

  it("doesn't check access keys", async () => {
    expect(await echo('keyed')).toEqual({ name: 'keyed', params: {} });
  });

  it('gives the function method, URL, headers and query', async () => {
    const { status, body } = await send(host, '/api/v1/echo?a=1&a=2&b=x%20y+z&c', {
      method: 'DELETE',
      headers: { 'X-Many': ['one', 'two'], 'X-Empty': '', Host: 'example.org:81', connection: 'close' },
    });
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      method: 'DELETE',
      url: 'http://example.org:81/api/v1/echo?a=1&a=2&b=x%20y+z&c',
      headers: { 'x-many': 'one,two', 'x-empty': '', host: 'example.org:81', connection: 'close' },
      query: [...mode.duplicates.map((value) => ['a', value]), ['b', 'x y z'], ['c', '']],
      params: {},
      body: '',
    });
  });

  it('gives the function a body of announced length', async () => {
    expect(await echo('echo', { method: 'POST', body: 'ä body' })).toMatchObject({ body: 'ä body' });
    expect(await echo('echo', { method: 'PUT', body: new Uint8Array(3_000_000) })).toMatchObject({ body: 3_000_000 });
  });

  it('gives the function a chunked body only if HTTP streaming is on', async () => {
    const { body } = await send(host, '/api/v1/echo', { method: 'POST', chunks: ['a chunked', ' body'] });
    expect(JSON.parse(body)).toMatchObject({ body: mode.chunkedBody });
  });

  it('drops the body of a GET', async () => {
    const headers = { 'content-length': '4' };
    expect(JSON.parse((await send(host, '/api/v1/echo', { headers, body: 'body' })).body)).toMatchObject({ body: '' });
  });

  it('refuses a body of more than 100 MB', async () => {
    const headers = { 'content-length': String(100 * 1024 * 1024 + 1) };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = httpRequest(`${host.url}/api/v1/echo`, { method: 'POST', headers }, (response) => {
        resolve(response);
        request.destroy();
      });
      request.on('error', reject).flushHeaders();
    });
    expect(answer.statusCode).toBe(413);
  });

  it('sends what a function returns', async () => {
    const kinds = ['text', 'json', 'typed', 'bytes', 'empty', 'no-content', 'reset-content', 'not-modified'];
    const answers = kinds.map(async (kind) => {
      const response = await call(`answer/${kind}`);
      const names = new Set(['content-type', 'x-own']);
      return [
        kind,
        response.status,
        Object.fromEntries([...response.headers].filter(([name]) => names.has(name))),
        Buffer.from(await response.arrayBuffer()).toString('latin1'),
      ];
    });
    expect(await Promise.all(answers)).toEqual([
      ['text', 200, { 'content-type': 'text/plain;charset=UTF-8' }, 'plain'],
      ['json', 201, { 'content-type': 'application/json', 'x-own': 'yes' }, '{"a":1}'],
      ['typed', 200, { 'content-type': 'application/problem+json' }, '{"a":1}'],
      ['bytes', 200, {}, '\u0000ÿ\u0001'],
      ['empty', 200, {}, ''],
      ['no-content', 204, {}, ''],
      ['reset-content', 205, {}, ''],
      ['not-modified', 304, {}, ''],
    ]);
  });

  it('finds the length of an answer itself', async ({ skip }) => {
    skip(mode.streaming, "in streaming mode the library's own server sends the answer");
    expect(await (await call('answer/own-length')).text()).toBe('four');
  });

  it('answers 500 with an empty body if a function fails, and continues', async () => {
    for (const path of ['answer/throws', 'answer/bad-status', 'late-registration', 'barred', 'condemned']) {
      const response = await call(path, { method: 'POST', body: 'a body that nobody reads' });
      expect({ path, status: response.status, body: await response.text() }).toEqual({ path, status: 500, body: '' });
    }
    const failures = host.logged.filter(({ level }) => level === 'error').map(({ functionName }) => functionName);
    expect(failures).toEqual(expect.arrayContaining(['answer', 'late-registration', 'barred', 'condemned']));
    const reasons = host.logged.map(({ message }) => message).join('\n');
    expect(reasons).toContain('thrown on purpose');
    expect(reasons).toContain('A function can only be registered during app startup.');
  });

  it('warns that a function returned nothing', async () => {
    const response = await call('answer/nothing');
    expect([response.status, await response.text()]).toEqual([mode.streaming ? 500 : 200, '']);
    const warnings = host.logged.filter(({ message }) => message.startsWith('answer returned nothing'));
    expect(warnings).toMatchObject([{ level: 'warning', functionName: 'answer' }]);
  });

  it('survives errors that nothing awaits', async () => {
    expect(await (await call('stray-errors')).text()).toBe('answered');
    const critical = await eventually(() => {
      const entries = host.logged.filter(({ level }) => level === 'critical');
      expect(entries).toHaveLength(2);
      return entries.map(({ message }) => /nobody \w+ this/.exec(message)?.[0]);
    });
    expect(new Set(critical)).toEqual(new Set(['nobody awaits this', 'nobody catches this']));
    expect((await call('answer/text')).status).toBe(200);
  });

  it('sends cookies', async () => {
    const { headers } = await call('answer/cookies');
    expect(headers.getSetCookie()).toEqual(
      mode.streaming
        ? [
            "plain=a%20b'",
            'full=v; Max-Age=60; Domain=example.org; Path=/x; HttpOnly; Secure; SameSite=Strict',
            'until=v; Expires=Wed, 02 Jan 2030 03:04:05 GMT; SameSite=None',
          ]
        : [
            'plain=a%20b%27; path=/',
            'full=v; max-age=60; domain=example.org; path=/x; secure; samesite=strict; httponly',
            'until=v; expires=Wed, 02 Jan 2030 03:04:05 GMT; path=/; samesite=none',
          ],
    );
  });

  it('gives the function the context of an HTTP invocation', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(await echo('context', { headers: { traceparent } })).toEqual({
      functionName: 'context',
      triggerMetadata: 'none',
      traceParent: traceparent,
      trigger: 'httpTrigger',
    });
  });

  it('runs the hooks around an invocation, which may replace input, function, result and error', async () => {
    expect(await echo('hooked')).toEqual({
      result: 'wrapped function with replaced input',
      inputs: ['replaced input'],
      before: 'from preInvocation',
    });
    expect(await (await call('rescued')).text()).toBe('rescued from: a failure');
    expect(await echo('hook-events')).toEqual(['appStart']);
  });

  it('logs the lines of a function as log hooks change them', async () => {
    await call('log');
    await call('log-secret');
    const logged = await eventually(() => {
      const entries = host.logged.filter(({ functionName }) => functionName?.startsWith('log') === true);
      expect(entries).toHaveLength(4);
      return entries;
    });
    expect(logged).toEqual([
      { level: 'information', functionName: 'log', message: "an informational line { with: 'details' }" },
      { level: 'warning', functionName: 'log', message: 'a warning' },
      { level: 'error', functionName: 'log', message: 'an error' },
      { level: 'warning', functionName: 'log-secret', message: 'a *** line' },
    ]);
  });

  it('runs invocations side by side', async () => {
    const waiting = Array.from({ length: 200 }, async () => (await call('wait?gate=many')).text());
    expect((await call('open?gate=many')).status).toBe(200);
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['waited']));
  });

  it('warns of overlapping routes that the order of function names would decide differently', () => {
    const warnings = host.logged.filter(({ message }) => message.includes('matches the routes of'));
    expect(warnings.map(({ message }) => message.split('.')[0])).toEqual([
      'GET /api/v1/items/recent matches the routes of c-recent-items and a-any-item',
      'GET /api/v1/items/1 matches the routes of b-numbered-item and a-any-item',
    ]);
  });
});

describe('only with HTTP streaming', () => {
  const host = hosts[1] as SpawnedHost;
  const call = (path: string, init?: RequestInit): Promise<Response> => fetch(`${host.url}/api/v1/${path}`, init);
  const megabytes = function* (count: number): Iterable<Buffer> {
    const megabyte = Buffer.alloc(1024 * 1024);
    for (let sent = 0; sent < count; sent += 1) yield megabyte;
  };

  it("binds the library's own server to the loopback interface", async () => {
    const port = host.logged
      .map(({ message }) => /^Auto-assigned port is valid. Port: (\d+)$/.exec(message)?.[1])
      .find(Boolean);
    const connects = (address: string): Promise<boolean> =>
      new Promise((resolve) => {
        const socket = connect(Number(port), address, () => resolve(true)).on('error', () => resolve(false));
        socket.once('connect', () => socket.destroy());
      });
    expect(await connects('127.0.0.1')).toBe(true);
    // Another address of this machine, which would be open if the server listened on all of them.
    expect(await connects('127.0.0.2')).toBe(false);
  });

  it('streams a request to the function', async () => {
    const answer = await send(host, '/api/v1/count-bytes', { method: 'POST', chunks: megabytes(32) });
    expect(answer).toEqual({ status: 200, body: `${32 * 1024 * 1024} bytes` });
  });

  it('streams an answer to the caller', async () => {
    const response = await call('send-bytes?chunks=512');
    expect((await response.arrayBuffer()).byteLength).toBe(512 * 65_536);
  });

  it('cuts off a chunked body that grows over 100 MB', async () => {
    const answer = await send(host, '/api/v1/count-bytes', { method: 'POST', chunks: megabytes(101) });
    expect(answer).toEqual({ status: 413, body: '' });
  });

  it('breaks the connection if an answer breaks off', async () => {
    const response = await call('break-off');
    await expect(response.text()).rejects.toThrow('terminated');
    expect((await call('answer/text')).status).toBe(200);
  });

  it('answers before the body has been read', async () => {
    const answer = await send(host, '/api/v1/unread', { method: 'POST', chunks: megabytes(20) });
    expect(answer).toEqual({ status: 401, body: 'no' });
  });

  it('survives a caller who disconnects', async () => {
    const leaving = new AbortController();
    const left = call('wait?gate=left', { signal: leaving.signal });
    await call('echo');
    leaving.abort();
    await expect(left).rejects.toThrow('aborted');
    await call('open?gate=left');
    expect((await call('answer/text')).status).toBe(200);
  });
});
