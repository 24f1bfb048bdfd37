import type { AddressInfo } from 'node:net';

import smpp from 'smpp';
import type { Pdu, Session } from 'smpp';

/** What becomes of a message: refused with a command status, or reported on as a receipt does. */
export type Fate = { status: number } | { stat: string; state: number; error?: string };

/** The receipt of a message that arrived. */
export const arrives: Fate = { stat: 'DELIVRD', state: 2 };

/** An SMPP server, as a carrier has one. */
export interface Smsc {
  port: number;
  /** Brings a phone's message to whoever is connected; throws where nobody is. */
  deliver(fields: Readonly<Record<string, unknown>>): void;
  stop(): Promise<void>;
}

/**
 * Starts an SMPP server on 127.0.0.1. Receipts are sent at once, where they are asked for.
 *
 * @param take gives the fate of each message that is submitted
 */
export async function startSmsc(take: (pdu: Pdu) => Fate): Promise<Smsc> {
  const sessions = new Set<Session>();
  let taken = 0;
  const submit = (session: Session, pdu: Pdu): void => {
    const fate = take(pdu);
    if ('status' in fate) {
      session.send(pdu.response({ command_status: fate.status }));
      return;
    }
    taken += 1;
    const id = String(taken);
    session.send(pdu.response({ message_id: id }));
    if (pdu.registered_delivery === 0) return;
    const { stat, state, error = '000' } = fate;
    session.deliver_sm({
      source_addr: pdu.destination_addr,
      destination_addr: pdu.source_addr,
      // A delivery receipt.
      esm_class: 4,
      data_coding: 0,
      short_message: `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010000 stat:${stat} err:${error} text:`,
      receipted_message_id: id,
      message_state: state,
    });
  };
  const server = smpp.createServer((session) => {
    sessions.add(session);
    // Without this, a window of messages waits for delayed acknowledgements.
    session.socket.setNoDelay(true);
    session.socket.once('close', () => sessions.delete(session));
    // The session takes no more after a message that it couldn't read.
    session.on('error', () => session.socket.destroy());
    session.on('pdu', (pdu) => {
      if (pdu.command === 'submit_sm') submit(session, pdu);
      else if (!pdu.command.endsWith('_resp')) session.send(pdu.response());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    deliver(fields) {
      const [session] = sessions;
      if (session === undefined) throw new Error('nobody is connected by SMPP');
      // Left out, the coding would be said to be 1 and the text written as if it were 0.
      session.deliver_sm({ data_coding: 0, ...fields });
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { socket } of sessions) socket.destroy();
      await closed;
    },
  };
}
