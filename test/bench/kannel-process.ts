import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { findFreePort } from '../../src/local/free-port.ts';
import { eventually } from '../support/eventually.ts';
import type { CarrierState } from './carrier-process.ts';
import { endWithThis, startChild } from './child-process.ts';
import { createHttpClient } from './http-client.ts';
import { processorSeconds } from './machine.ts';

const [bearerbox, smsbox] = ['/usr/sbin/bearerbox', '/usr/sbin/smsbox'];

/** Whether Debian's package kannel is there. */
export function hasKannel(): boolean {
  return existsSync(bearerbox) && existsSync(smsbox);
}

/** Kannel between its HTTP interface and an SMPP server, with calls back for delivery reports. */
export interface KannelProcess {
  /** Hands over a text for these numbers in one call. */
  send(numbers: readonly string[]): Promise<void>;
  /** Resolves when so many reports came, from the start. */
  reported(atLeast: number): Promise<CarrierState>;
  /** Seconds of processor time that Kannel itself used. */
  processorSeconds(): number;
  stop(): Promise<void>;
}

export async function startKannel(): Promise<KannelProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-kannel-'));
  const around = await startChild(join(import.meta.dirname, 'smsc-main.ts'));
  const { smpp, receiver } = JSON.parse(around.said) as { smpp: number; receiver: number };
  const [admin, boxes, http] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const file = join(folder, 'kannel.conf');
  await writeFile(file, configuration({ folder, smpp, admin, boxes, http }));
  const started: ChildProcess[] = [];
  const start = (program: string): void => {
    const box = spawn(program, ['-v', '4', file], { cwd: folder, stdio: 'ignore' });
    endWithThis(box);
    started.push(box);
  };
  start(bearerbox);
  const status = createHttpClient(`http://127.0.0.1:${admin}`, { Connection: 'close' });
  await eventually(() => status.call({ method: 'GET', path: '/status.txt?password=st' }), { everyMs: 100 });
  start(smsbox);
  const client = createHttpClient(`http://127.0.0.1:${http}`);
  const calls = createHttpClient(`http://127.0.0.1:${receiver}`);
  const dlrUrl = encodeURIComponent(`http://127.0.0.1:${receiver}/dlr?to=%p&type=%d`);
  // One report for a message: delivered, undelivered, or refused by the carrier.
  const fixed = `username=app&password=secret&from=Arena&charset=UTF-8&coding=0&dlr-mask=19&dlr-url=${dlrUrl}`;
  const text = encodeURIComponent('Hello from the bench: the order is ready to be fetched.');
  const send = async (numbers: readonly string[]): Promise<void> => {
    const path = `/cgi-bin/sendsms?${fixed}&text=${text}&to=${numbers.join('+')}`;
    const { status: code, body } = await client.call({ method: 'GET', path });
    if (code !== 202) throw new Error(`Kannel answered ${code}: ${body}`);
  };
  await eventually(() => send(['358401000000']), { everyMs: 100 });
  return {
    send,
    async reported(atLeast) {
      // The first one was sent to see whether Kannel is ready.
      const { body } = await calls.call({ method: 'GET', path: `/reported?atLeast=${atLeast + 1}` });
      return JSON.parse(body) as CarrierState;
    },
    processorSeconds: () => started.reduce((sum, { pid = 0 }) => sum + processorSeconds(pid), 0),
    async stop() {
      client.close();
      calls.close();
      status.close();
      for (const box of started.toReversed()) await stopBox(box);
      await around.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Asks politely; bearerbox may then wait for long. */
async function stopBox(box: ChildProcess): Promise<void> {
  if (box.exitCode !== null || box.signalCode !== null) return;
  const ended = once(box, 'exit');
  box.kill('SIGTERM');
  await Promise.race([ended, sleep(3_000)]);
  box.kill('SIGKILL');
  await ended;
}

interface Ports {
  folder: string;
  smpp: number;
  admin: number;
  boxes: number;
  http: number;
}

/** A blank line ends a group. The store is a file, so that messages outlive a crash, as ours do. */
function configuration({ folder, smpp, admin, boxes, http }: Ports): string {
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
http-request-retry = 3
http-queue-delay = 5
log-level = 4

group = sendsms-user
username = app
password = secret
user-allow-ip = "127.0.0.1"
max-messages = 255
concatenation = true

group = sms-service
keyword = default
text = "none"
max-messages = 0
`;
}
