import type { Pdu } from 'smpp';

import { joinParts } from '../tools/join-parts.ts';
import type { ShownMessage } from '../tools/join-parts.ts';
import { startKannelBoxes } from './kannel-boxes.ts';
import { arrives, startSmsc } from '../servers/smsc.ts';
import type { Fate } from '../servers/smsc.ts';

/** A message as it came to the SMPP server. */
export interface Submitted {
  from: string;
  /** Type of number: 1 is international, 5 a name. */
  fromTon: number;
  to: string;
  toTon: number;
  coding: number;
  /** Hexadecimal, its length included; empty where there is none. */
  udh: string;
  text: string;
  /** Whether a receipt was asked for. */
  receipt: boolean;
}

/** Kannel itself, between us and an SMPP server. */
export interface KannelChain {
  sendUrl: string;
  submitted: Submitted[];
  /** What a phone (digits) shows. */
  received(number: string): ShownMessage[];
  /** Plays a phone's message. */
  write(message: { sender: string; recipient: string; content: string }): void;
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts both.
 *
 * @param options.webhookUrl where Kannel is to bring what phones write
 * @param options.fates of numbers (digits) whose messages don't arrive
 * @param options.denied a number (digits) that Kannel itself refuses
 */
export async function startKannelChain({
  webhookUrl,
  inboundSecret,
  fates = new Map(),
  denied = '',
}: {
  webhookUrl: string;
  inboundSecret: string;
  fates?: ReadonlyMap<string, Fate>;
  denied?: string;
}): Promise<KannelChain> {
  const submitted: Submitted[] = [];
  const smsc = await startSmsc((pdu) => {
    submitted.push(readSubmitted(pdu));
    return fates.get(pdu.destination_addr) ?? arrives;
  });
  const services = inboundService(webhookUrl, inboundSecret);
  const boxes = await startKannelBoxes({ smpp: smsc.port, services, denied }).catch(async (error: unknown) => {
    await smsc.stop();
    throw error;
  });
  return {
    sendUrl: boxes.sendUrl,
    submitted,
    received: (number) => joinParts(submitted.filter(({ to }) => to === number)),
    write({ sender, recipient, content }) {
      const fields = { source_addr: sender, source_addr_ton: 1, destination_addr: recipient };
      // What the default alphabet lacks must go as UCS-2.
      const isAscii = /^[\n -~]*$/.test(content);
      smsc.deliver({ ...fields, data_coding: isAscii ? 0 : 8, short_message: content });
    },
    log: () => boxes.log(),
    async stop() {
      await boxes.stop();
      await smsc.stop();
    },
  };
}

/** The group of Kannel's configuration that brings us what phones write, as the README has it. */
function inboundService(webhookUrl: string, inboundSecret: string): string {
  return `group = sms-service
keyword = default
catch-all = true
post-url = "${webhookUrl.replace('://', `://kannel:${inboundSecret}@`)}?id=%I&at=%T&from=%p&to=%P"
max-messages = 0
concatenation = true
`;
}

function readSubmitted(pdu: Pdu): Submitted {
  const { message, udh = [] } = pdu.short_message;
  const octets = Buffer.concat(udh);
  return {
    from: pdu.source_addr,
    fromTon: pdu.source_addr_ton,
    to: pdu.destination_addr,
    toTon: pdu.dest_addr_ton,
    coding: pdu.data_coding,
    udh: octets.length === 0 ? '' : Buffer.concat([Buffer.from([octets.length]), octets]).toString('hex'),
    text: typeof message === 'string' ? message : Buffer.from(message).toString('hex'),
    receipt: pdu.registered_delivery !== 0,
  };
}
