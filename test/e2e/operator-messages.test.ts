import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { sendTo } from '../support/hosts/api.ts';
import type { SentBody } from '../support/hosts/api.ts';
import { startCountedHost } from '../support/hosts/counted-host.ts';
import type { CountedHost } from '../support/hosts/counted-host.ts';
import { eventually } from '../support/tools/eventually.ts';

const root = join(import.meta.dirname, '..', '..');

let local: CountedHost;
beforeAll(async () => {
  // Nobody handles the poison queue, as if its workers had died.
  local = await startCountedHost({ environment: { 'AzureWebJobs.GiveUpOutboundChunk.Disabled': 'true' } });
});
afterAll(() => local.stop());

/** Runs an operator's command as npm does. */
async function operator(command: 'messages' | 'poison', ...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], AzureWebJobsStorage: local.storage.connectionString };
  const { stdout } = await promisify(execFile)(process.execPath, [`src/cli/${command}.ts`, ...args], {
    cwd: root,
    env,
  });
  return stdout;
}

async function sendIn(milliseconds: number, address: string): Promise<string> {
  const SendDateTime = new Date(Date.now() + milliseconds).toISOString();
  return ((await local.api.post(sendTo([address], { SendDateTime }))).body as SentBody).MessageId;
}

test('a cancelled scheduled message is never sent, and its status says so', async () => {
  const id = await sendIn(3_000, '358401760001');
  expect(await operator('messages', 'cancel', id)).toBe(`${id} is cancelled for 1 recipient\n`);
  const shown = await operator('messages', 'show', id);
  expect(shown).toContain('…001  canceled');
  expect(shown).not.toContain('358401760001');
  // Its job still runs, and finds nothing to do.
  await eventually(() => expect(local.host.output()).toContain(`"messageId":"${id}","chunk":0,"result":"nothingToDo"`));
  expect(await local.api.inbox('358401760001')).toEqual([]);
  expect((await local.api.status(id)).Recipients[0]).toMatchObject({
    Status: 'canceled',
    ErrorCode: 'Canceled',
    Reason: 'canceled',
    Retryable: true,
  });
});

test('refuses to cancel a sent message and an unknown id', async () => {
  const id = ((await local.api.post(sendTo(['358401770001']))).body as SentBody).MessageId;
  await local.api.waitForStatus(id, 'delivered');
  expect(await operator('messages', 'cancel', id, 'x')).toBe(
    `${id} was not scheduled, so it can't be cancelled\nx is not a message\n`,
  );
  // The id that the carrier knows.
  const [phone] = await local.api.inbox('358401770001');
  const shown = await operator('messages', 'show', id);
  expect(shown).toContain('chunk 0: 1 attempt by simulated, changed');
  expect(shown).toMatch(new RegExp(`…001  delivered  \\S+  reference ${phone?.id}`));
  await expect(operator('messages', 'cancel')).rejects.toThrow('npm run messages -- show');
});

test('shows messages of a poison queue, and requeues them', async () => {
  const poison = new QueueClient(local.storage.connectionString, 'outbound-poison');
  await poison.createIfNotExists();
  expect(await operator('poison', 'list')).toBe('The poison queues are empty.\n');
  const id = await sendIn(3_600_000, '358401780001');
  await poison.sendMessage(Buffer.from(JSON.stringify({ messageId: id, chunk: 0 })).toString('base64'));
  expect(await operator('poison', 'list')).toBe('outbound  about 1 message\n');
  expect(await operator('poison', 'requeue', 'outbound')).toBe('outbound  1 message put back\n');
  await eventually(() => expect(local.host.output()).toContain(`"messageId":"${id}","chunk":0,"result":"notDue"`));
  expect(await operator('poison', 'list')).toBe('The poison queues are empty.\n');
  await expect(operator('poison', 'requeue', 'nothing')).rejects.toThrow('nothing is not one of the queues: outbound,');
  await expect(operator('poison', 'requeue')).rejects.toThrow('npm run poison -- list');
});
