import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { expect, it } from 'vitest';

import { eventually } from '../support/tools/eventually.ts';
import { fixtures, spawnHost, testHostJson } from '../support/hosts/functions-host/spawn-host.ts';

// The apps have no queue functions, so they need no storage.
const options = { connectionString: 'UseDevelopmentStorage=true' };

it('runs timers on schedule and at the start, even if they fail', async () => {
  const host = await spawnHost([fixtures.timers], options);
  const runs = await eventually(async () => {
    const answer = await fetch(`${host.url}/api/v1/timer-runs`);
    const recorded = (await answer.json()) as Record<string, { scheduleStatus: unknown }[]>;
    expect(recorded['each-second']?.length).toBeGreaterThanOrEqual(2);
    return recorded;
  });
  expect(runs['each-second']?.[0]).toEqual({
    schedule: { adjustForDST: true },
    // Azure keeps no state of a schedule under a minute.
    scheduleStatus: null,
    isPastDue: false,
  });
  expect(runs['at-start']).toEqual([
    {
      schedule: { adjustForDST: true },
      scheduleStatus: {
        last: '0001-01-01T00:00:00.000Z',
        next: expect.stringMatching(/^\d{4}-01-01T00:00:00\.000Z$/) as string,
        lastUpdated: '0001-01-01T00:00:00.000Z',
      },
      isPastDue: false,
    },
  ]);
  const about = (name: string): unknown[] => host.logged.filter(({ functionName }) => functionName === name);
  expect(about('never')).toEqual([
    { level: 'warning', functionName: 'never', message: 'The schedule "0 0 0 30 2 *" has no next run.' },
  ]);
  expect(about('each-second')[0]).toMatchObject({ level: 'error' });
  expect(host.functions.filter(({ kind }) => kind === 'timer')).toEqual([
    { name: 'each-second', kind: 'timer', detail: '* * * * * *' },
    { name: 'at-start', kind: 'timer', detail: '0 0 0 1 Jan *' },
    { name: 'never', kind: 'timer', detail: '0 0 0 30 2 *' },
  ]);
  expect(await host.stop()).toBe(0);
});

it('runs every timer at the interval of timerSeconds, instead of by schedules', async () => {
  const host = await spawnHost([fixtures.timers], { ...options, timerSeconds: 0.1 });
  await eventually(async () => {
    const answer = await fetch(`${host.url}/api/v1/timer-runs`);
    const { 'at-start': runs } = (await answer.json()) as Record<string, unknown[]>;
    expect(runs?.length).toBeGreaterThanOrEqual(3);
  });
  expect(host.functions.filter(({ kind }) => kind === 'timer').map(({ detail }) => detail)).toEqual(
    ['each-second', 'at-start', 'never'].map(() => 'every 0.1 s'),
  );
  expect(await host.stop()).toBe(0);
});

it.each([
  { mode: 'whole bodies', files: [] },
  { mode: 'HTTP streaming', files: [fixtures.streaming] },
])('waits at a stop for invocations in progress, then runs the appTerminate hooks ($mode)', async ({ files }) => {
  const host = await spawnHost([...files, fixtures.hooked, fixtures.slow], options);
  const answer = fetch(`${host.url}/api/v1/slow-answer`);
  await eventually(() => expect(host.logged.map(({ message }) => message)).toContain('running'));
  const stopped = host.stop();
  expect((await (await answer).text()).length).toBe(50_000_000);
  expect(await stopped).toBe(0);
  expect(host.terminated()).toBe(true);
  await expect(fetch(host.url)).rejects.toThrow('fetch failed');
});

it.each([
  ['a head', 'POST /api/v1/slow-answer HTTP/1.1\r\nHost: x\r\n'],
  ['a body', 'POST /api/v1/slow-answer HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf'],
])('ends the wait for %s that arrives slowly', async (_, beginning) => {
  const host = await spawnHost([fixtures.slow], { ...options, requestTimeoutMs: 200 });
  const socket = connect(Number(new URL(host.url).port), '127.0.0.1');
  socket.write(beginning);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 408 /);
  expect(await host.stop()).toBe(0);
});

it('refuses a second host in a process', async () => {
  const host = await spawnHost([fixtures.slow], { ...options, twice: true });
  expect(host.second).toBe('A process can run only one functions host, and only once.');
  await host.stop();
});

it('rejects with EADDRINUSE if the port is taken', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  await expect(spawnHost([fixtures.slow], { ...options, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  await new Promise((resolve) => taken.close(resolve));
});

it.each([
  [
    'blob',
    /^The function on-blob has a trigger of the type blobTrigger, but the local host supports only the triggers /,
  ],
  ['bus', /^The function on-bus has a trigger of the type serviceBusTrigger, /],
  ['table', /^The function writes-rows has an output of the type table, but the local host supports only outputs /],
  ['input', /^The function reads-a-blob has an input of the type blob, /],
  ['name', /^"no name" is not a valid function name: /],
  [
    'route',
    /^The route "items\/\{id:even\}" of the function bad-route can't be used: the constraint "even" is not one of /,
  ],
  ['queue', /^The trigger of the function bad-queue can't be used: "No Queue" is not the name of a queue/],
  [
    'connection',
    /^The trigger of the function unconnected can't be used: the connection OtherStorage has no connection string/,
  ],
  ['output', /^An output of the function bad-output can't be used: "a" is not the name of a queue/],
  [
    'schedule',
    /^The trigger of the function bad-schedule can't be used: The schedule "\* \* \* \* \*" has 5 fields instead of 6/,
  ],
  ['twice', /refused-functions\.ts can't be loaded: A function with id "same" has already been registered\.$/],
  ['hook', /^the hook says no$/],
  ['none', /refused-functions\.ts registered no function\. /],
])('refuses an app that it can not run, and says why (%s)', async (name, message) => {
  const start = spawnHost([fixtures.refused], { ...options, environment: { REFUSED_APP: name } });
  await expect(start).rejects.toThrow(message);
});

it('refuses a host.json that Azure would refuse', async () => {
  const hostJson = { ...testHostJson, version: '1.0' };
  await expect(spawnHost([fixtures.slow], { ...options, hostJson })).rejects.toThrow(
    'host.json: version has to be "2.0".',
  );
});
