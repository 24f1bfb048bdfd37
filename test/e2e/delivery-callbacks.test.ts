import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { createFinalStatusRecorder } from '../../src/delivery-callbacks/index.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import type { FinalRecipient } from '../../src/messages/index.ts';
import { createCallbackQueue } from '../../src/storage/queues/callback-queue.ts';
import { createTableCallbackStore } from '../../src/storage/tables/callback-store.ts';
import { createApi, sendTo } from '../support/hosts/api.ts';
import type { Api, SentBody, StatusBody } from '../support/hosts/api.ts';
import { eventually } from '../support/tools/eventually.ts';
import { spawnLocalHost } from '../support/hosts/local-host.ts';
import type { LocalHost } from '../support/hosts/local-host.ts';
import { startWebhookReceiver } from '../support/servers/webhook-receiver.ts';
import type { WebhookReceiver } from '../support/servers/webhook-receiver.ts';

// Each command runs in a process of its own.
vi.setConfig({ testTimeout: 90_000 });

const root = join(import.meta.dirname, '..', '..');

let azurite: Awaited<ReturnType<typeof startAzurite>>;
let host: LocalHost;
let api: Api;
let receiver: WebhookReceiver;
let answers: number[] = [];
beforeAll(async () => {
  azurite = await startAzurite({});
  host = await spawnLocalHost({ environment: { AzureWebJobsStorage: azurite.connectionString } });
  api = await createApi(host);
  receiver = await startWebhookReceiver(() => answers.shift() ?? 200);
});
afterAll(async () => {
  await host.stop();
  await receiver.stop();
  await azurite.stop();
});

/** Runs the operator's command as npm does. */
async function callbacks(...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], AzureWebJobsStorage: azurite.connectionString };
  const { stdout } = await promisify(execFile)(process.execPath, ['src/cli/callbacks.ts', ...args], {
    cwd: root,
    env,
  });
  return stdout;
}

/** Records the final statuses of a message's recipients, as a report does; may be repeated. */
async function recordFinalStatuses({ MessageId, Recipients }: StatusBody): Promise<void> {
  const recorder = createFinalStatusRecorder({ dlr: { queue: createCallbackQueue(azurite) } });
  await recorder.record(
    Recipients.map(({ Status, ErrorCode, UpdatedAt }, recipientIndex) => ({
      messageId: MessageId,
      chunk: 0,
      recipientIndex,
      status: Status as FinalRecipient['status'],
      ...(ErrorCode === undefined ? {} : { code: ErrorCode }),
      at: new Date(UpdatedAt),
    })),
  );
}

async function sendAndFinish(addresses: readonly string[], details: Record<string, unknown>): Promise<StatusBody> {
  const answer = await api.post(sendTo(addresses, details));
  expect(answer).toMatchObject({ status: 200 });
  const status = await api.waitForStatus((answer.body as SentBody).MessageId, 'delivered', 'undelivered');
  await recordFinalStatuses(status);
  return status;
}

/** Waits until the callbacks of a message are given up. */
async function givenUp(messageId: string): Promise<void> {
  const store = createTableCallbackStore(azurite);
  await eventually(async () => {
    expect((await store.read(messageId, 0))?.callbacks.entries).toMatchObject([{ state: 'givenUp' }]);
  });
}

const [, snippet = ''] =
  /<!-- signature -->\s+```js\n(.*?)```/s.exec(
    readFileSync(join(root, 'connector/docs/delivery-reports.md'), 'utf8'),
  ) ?? [];

test('the DlrUrl is called once for each recipient, signed as the documents say', async () => {
  const dlrUrl = `${receiver.url}/dlr?key=a%2Fb+c&x=%c3%a4#part`;
  const addresses = ['358401230001', '358401230002'];
  const status = await sendAndFinish(addresses, { DlrUrl: dlrUrl, CustomerData: 'Tilaus 7 & ä' });
  await recordFinalStatuses(status);
  const store = createTableCallbackStore(azurite);
  await eventually(async () => {
    expect((await store.read(status.MessageId, 0))?.callbacks).toMatchObject({ entries: [] });
    expect(receiver.calls).toHaveLength(2);
  });
  const given = '/dlr?key=a%2Fb+c&x=%c3%a4&';
  const calls = receiver.calls
    .map(({ method, path, body }) => ({ method, path, body: body.length }))
    .sort((left, right) => left.path.localeCompare(right.path))
    .map(({ method, path, body }) => ({
      method,
      body,
      start: path.slice(0, given.length),
      parameters: Object.fromEntries(new URLSearchParams(path.slice(given.length))),
    }));
  expect(calls).toEqual(
    status.Recipients.map(({ Id, Address, Status, ErrorCode }) => ({
      method: 'GET',
      body: 0,
      start: given,
      parameters: {
        messageId: status.MessageId,
        recipientId: Id,
        address: Address,
        status: Status === 'delivered' ? 'Delivered' : 'Undelivered',
        statusCode: Status === 'delivered' ? '1' : '3',
        errorCode: ErrorCode ?? '',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
        protocol: 'SMS',
        parts: '1',
        customerData: 'Tilaus 7 & ä',
      },
    })),
  );

  const { isGenuine } = (await import(`data:text/javascript,${encodeURIComponent(snippet)}`)) as {
    isGenuine: (url: string, headers: Record<string, string | undefined>, secret: string) => boolean;
  };
  for (const { path, headers } of receiver.calls) {
    const url = `http://${headers.get('host')}${path}`;
    const named = Object.fromEntries(headers);
    expect(isGenuine(url, named, 'demo-callback-secret')).toBe(true);
    expect(isGenuine(url, named, 'another secret')).toBe(false);
    expect(isGenuine(`${url}&more=1`, named, 'demo-callback-secret')).toBe(false);
    expect(isGenuine(url, { ...named, 'x-timestamp': '1700000000' }, 'demo-callback-secret')).toBe(false);
    expect(isGenuine(url, {}, 'demo-callback-secret')).toBe(false);
  }
});

test('a call that was given up is listed without its query, and repeated by a replay', async () => {
  answers = [400];
  const before = receiver.calls.length;
  const { MessageId } = await sendAndFinish(['358401230001'], { DlrUrl: `${receiver.url}/refusing?key=s3cret` });
  await givenUp(MessageId);
  const listed = await callbacks('list', '--customer', 'demo');
  expect(listed).toContain(MessageId);
  expect(listed).toContain('demo, chunk 0: 1 call given up, at most 1 attempt per call');
  expect(listed).toContain('last answer: answered 400, ');
  expect(listed).toContain(`${receiver.url}/refusing\n`);
  expect(listed).not.toContain('s3cret');
  expect(await callbacks('list', '--customer', 'other')).toBe('No call was given up.\n');
  expect(await callbacks('replay', MessageId, '0'.repeat(32))).toBe(
    `${MessageId}: 1 call will be made again\n${'0'.repeat(32)} has no call that was given up\n`,
  );
  await eventually(() => expect(receiver.calls.length).toBe(before + 2));
  expect(await callbacks('replay', '--all')).toBe('No call was given up.\n');
});

test('an unknown command is answered with the list of commands', async () => {
  await expect(callbacks('replay')).rejects.toThrow('npm run callbacks -- list');
});

test.each([
  ['in a private network', 'https://169.254.169.254/metadata'],
  ['with a password in it', 'https://user:secret@example.com/'],
])('refuses a send with a DlrUrl %s', async (_, DlrUrl) => {
  const answer = await api.post(sendTo(['358401230001'], { DlrUrl }));
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 'CallbackRefused', target: 'DlrUrl' } } });
});
