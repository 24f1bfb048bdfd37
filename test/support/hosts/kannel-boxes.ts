import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findFreePort } from '../../../src/local/free-port.ts';
import { eventually } from '../tools/eventually.ts';

const [bearerbox, smsbox] = ['/usr/sbin/bearerbox', '/usr/sbin/smsbox'];

/** The user who may send through the boxes. */
export const kannelUser = { username: 'app', password: 'secret' } as const;

/** Tells whether Debian's package kannel is installed. */
export function hasKannel(): boolean {
  return existsSync(bearerbox) && existsSync(smsbox);
}

/** Why tests are skipped where it is not. */
export const missingKannel = `Debian's package kannel is not installed: ${bearerbox}, ${smsbox}`;

/** Kannel between its HTTP interface and an SMPP server. */
export interface KannelBoxes {
  /** The address to which messages are submitted. */
  sendUrl: string;
  /** The ids of both processes. */
  pids: readonly number[];
  /** Returns the logs of both so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts Kannel as a client of an SMPP server on this machine, and waits until it takes messages.
 *
 * @param options.smpp the server's port
 * @param options.services configuration groups with the targets of inbound messages; each ends with a blank line
 * @param options.denied a number (digits) that nobody may send to
 * @param options.wait how long the SMPP server is asked politely to end, in milliseconds
 */
export async function startKannelBoxes({
  smpp,
  services = noService,
  denied = '',
  wait = 200,
}: {
  smpp: number;
  services?: string;
  denied?: string;
  wait?: number;
}): Promise<KannelBoxes> {
  const folder = await mkdtemp(join(tmpdir(), 'kannel-'));
  const [admin, boxes, http] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const file = join(folder, 'kannel.conf');
  await writeFile(file, configuration({ folder, smpp, admin, boxes, http, services, denied }));
  const started: ChildProcess[] = [];
  let log = '';
  const start = (program: string): void => {
    const box = spawn(program, ['-v', '2', file], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [box.stdout, box.stderr]) {
      stream.on('data', (data: Buffer) => (log = (log + data.toString()).slice(-100_000)));
    }
    const endAlong = (): boolean => box.kill('SIGKILL');
    process.once('exit', endAlong);
    box.once('exit', () => process.off('exit', endAlong));
    started.push(box);
  };
  const stop = async (): Promise<void> => {
    for (const box of started.toReversed()) await stopBox(box, wait);
    await rm(folder, { recursive: true });
  };
  const sendUrl = `http://127.0.0.1:${http}/cgi-bin/sendsms`;
  try {
    start(bearerbox);
    await answers(`http://127.0.0.1:${admin}/status.txt?password=st`, /\bSIM\b.*\(online/);
    start(smsbox);
    // Kannel refuses a call without a user, so any answer shows that it is ready.
    await answers(sendUrl, /./);
  } catch (error) {
    await stop();
    throw new Error(`Kannel did not start; it said:\n${log}`, { cause: error });
  }
  return { sendUrl, pids: started.flatMap(({ pid }) => pid ?? []), log: () => log, stop };
}

/** Waits until an address answers with a text. */
async function answers(url: string, expected: RegExp): Promise<void> {
  await eventually(
    async () => {
      const text = await (await fetch(url)).text();
      if (!expected.test(text)) throw new Error(`${url} says: ${text}`);
    },
    { everyMs: 50 },
  );
}

/** Stops a box with a signal, and kills it after `wait`: bearerbox may take long. */
async function stopBox(box: ChildProcess, wait: number): Promise<void> {
  if (box.exitCode !== null || box.signalCode !== null) return;
  const ended = once(box, 'exit');
  box.kill('SIGTERM');
  await Promise.race([ended, sleep(wait, undefined, { ref: false })]);
  box.kill('SIGKILL');
  await ended;
}

const noService = `group = sms-service
keyword = default
text = "none"
max-messages = 0
`;

interface Details {
  folder: string;
  smpp: number;
  admin: number;
  boxes: number;
  http: number;
  services: string;
  denied: string;
}

/**
 * Writes Kannel's configuration; a blank line ends a group. The store is a file, so that messages survive a crash, as
 * ours do.
 */
function configuration({ folder, smpp, admin, boxes, http, services, denied }: Details): string {
  return `group = core
admin-port = ${admin}
admin-interface = 127.0.0.1
admin-password = adm
status-password = st
smsbox-port = ${boxes}
smsbox-interface = 127.0.0.1
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
store-type = file
store-location = "${join(folder, 'kannel.store')}"
dlr-storage = internal
sms-resend-freq = 1
sms-resend-retry = 1
log-level = 4

group = smsc
smsc = smpp
smsc-id = SIM
host = 127.0.0.1
port = ${smpp}
transceiver-mode = true
smsc-username = kannel
smsc-password = pw
system-type = ""
interface-version = 34
max-pending-submits = 100
enquire-link-interval = 30
reconnect-delay = 1
source-addr-autodetect = yes
msg-id-type = 0x00

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${http}
sendsms-interface = 127.0.0.1
http-request-retry = 20
http-queue-delay = 1
mo-recode = true
log-level = 4

group = sendsms-user
username = ${kannelUser.username}
password = ${kannelUser.password}
user-allow-ip = "127.0.0.1"
max-messages = 255
concatenation = true
${denied === '' ? '' : `black-list-regex = "^[+]?${denied}$"\n`}
${services}`;
}
