import type { Pdu } from 'smpp';

import { joinParts } from '../tools/join-parts.ts';
import type { ShownMessage } from '../tools/join-parts.ts';
import { startKannelBoxes } from './kannel-boxes.ts';
import { arrives, startSmsc } from '../servers/smsc.ts';
import type { Fate } from '../servers/smsc.ts';

/** A message as the SMPP server received it. */
export interface Submitted {
  from: string;
  /** Type of number: 1 is international, 5 a name. */
  fromTon: number;
  to: string;
  toTon: number;
  coding: number;
  /** Hexadecimal, with its length; empty if there is none. */
  udh: string;
  text: string;
  /** Whether the message requests a receipt. */
  receipt: boolean;
}

/** Kannel itself, between us and an SMPP server. */
export interface KannelChain {
  sendUrl: string;
  submitted: Submitted[];
  /** Returns the messages that a phone (digits) shows. */
  received(number: string): ShownMessage[];
  /** Plays an inbound message. */
  write(message: { sender: string; recipient: string; content: string }): void;
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts Kannel and the SMPP server.
 *
 * @param options.webhookUrl the address for inbound messages
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
      // Characters that the default alphabet lacks must be sent as UCS-2.
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

/** Returns the group of Kannel's configuration that delivers inbound messages, as in the README. */
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
