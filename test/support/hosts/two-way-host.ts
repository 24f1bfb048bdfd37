import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect } from 'vitest';

import { createApi, tokenOf } from './api.ts';
import { startCountedHost } from './counted-host.ts';
import { eventually } from '../tools/eventually.ts';
import { inboundIdIn, startFlowServer } from '../servers/flow-server.ts';
import type { LocalHost } from './local-host.ts';

const demoDirectory = join(import.meta.dirname, '../../../src/local/demo-directory.json');
const lineCount = 20;

/** A TwoWay service of the demo customer that no other test uses. */
export interface Line {
  service: string;
  /** The short code it receives on. */
  address: string;
}

/** Two services that receive on one short code: one without keywords, and one with the keyword KÄYNTI. */
const sharedLine = [
  { service: 'shared', address: '17290' },
  { service: 'shared-keyword', address: '17290' },
] as const satisfies readonly Line[];

/** A service that receives by WhatsApp. */
const whatsAppLine: Line = { service: 'line-whatsapp', address: '358401000002' };

/** An inbound message for the simulation to play. */
export interface Played {
  sender?: string;
  recipient: string;
  content: string;
  protocol?: 'SMS' | 'MMS' | 'WhatsApp';
  attachments?: readonly { name: string; mimeType: string; content: string }[];
  buttonReply?: string;
}

/** The default phone. */
export const phone = '358401230001';

/** Plays a phone; resolves when the carrier has the message. */
export async function play({ rootUrl }: Pick<LocalHost, 'rootUrl'>, message: Played): Promise<void> {
  const answer = await fetch(`${rootUrl}/simulator/inbound`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ sender: phone, protocol: 'SMS', ...message }),
  });
  expect(answer.status).toBe(202);
}

/**
 * Starts a local host and flows. Its directory is the demo's with twenty more TwoWay services, so that tests that run
 * at the same time don't get each other's messages.
 */
export async function startTwoWayHost(environment: Record<string, string> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'two-way-host-'));
  const file = join(folder, 'directory.json');
  await writeFile(file, await withLines());
  const local = await startCountedHost({ environment: { DIRECTORY_FILE: file, ...environment } });
  const flows = await startFlowServer();
  const other = await createApi(local.host, await tokenOf(local.host, 'other-user'));
  let used = 0;
  return {
    ...local,
    flows,
    /** The API for the other customer's user. */
    other,
    sharedLine,
    whatsAppLine,
    newLine: () => lineAt(used++),
    play: (message: Played) => play(local.host, message),
    /** Waits until all subscribers of a message were called; resolves to their number. */
    subscribersTold: (messageId: string): Promise<number> =>
      eventually(
        () => {
          const output = local.host.output();
          const line = output.slice(
            output.indexOf(`"inboundId":"${inboundIdIn(messageId)}","chunk":0,"result":"done",`),
          );
          const counts = /^[^{}]*"done","delivered":(\d+),"retried":(\d+),"givenUp":(\d+)/.exec(line)?.slice(1);
          if (counts === undefined) throw new Error(`${messageId} is not delivered yet`);
          return counts.map(Number).reduce((sum, count) => sum + count, 0);
        },
        { timeoutMs: 60_000, everyMs: 50 },
      ),
    async stop(): Promise<void> {
      await flows.stop();
      await local.stop();
      await rm(folder, { recursive: true });
    },
  };
}

export type TwoWayHost = Awaited<ReturnType<typeof startTwoWayHost>>;

function lineAt(index: number): Line {
  if (index >= lineCount) throw new Error('all lines are in use');
  return { service: `line-${index}`, address: String(17_300 + index) };
}

async function withLines(): Promise<string> {
  const directory = JSON.parse(await readFile(demoDirectory, 'utf8')) as { customers: { services: object[] }[] };
  const receiving = (id: string, receivesOn: object) => ({
    id,
    name: id,
    type: 'TwoWay',
    senders: [],
    allowsReplies: true,
    receivesOn: { protocol: 'SMS', ...receivesOn },
  });
  const services = directory.customers[0]?.services;
  const replying = { id: 'other-reply', name: 'Other reply', type: 'OneWay', senders: ['Other'], allowsReplies: true };
  directory.customers[1]?.services.push(replying);
  for (let index = 0; index < lineCount; index++) {
    const { service, address } = lineAt(index);
    services?.push(receiving(service, { address }));
  }
  services?.push(receiving(whatsAppLine.service, { protocol: 'WhatsApp', address: whatsAppLine.address }));
  const [shared, withKeyword] = sharedLine;
  services?.push(receiving(shared.service, { address: shared.address }));
  services?.push(receiving(withKeyword.service, { address: shared.address, keywords: ['KÄYNTI'] }));
  return JSON.stringify(directory);
}
