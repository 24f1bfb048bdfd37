import type { AddressInfo } from 'node:net';

import smpp from 'smpp';
import type { Pdu, Session } from 'smpp';

/** The result for a message: a refusal with a command status, or the fields of a receipt. */
export type Fate = { status: number } | { stat: string; state: number; error?: string };

/** The receipt of a delivered message. */
export const arrives: Fate = { stat: 'DELIVRD', state: 2 };

/** An SMPP server like that of a carrier. */
export interface Smsc {
  port: number;
  /** Sends an inbound message to the connected client; throws if there is none. */
  deliver(fields: Readonly<Record<string, unknown>>): void;
  stop(): Promise<void>;
}

/**
 * Starts an SMPP server on 127.0.0.1. It sends receipts at once if a message asks for them.
 *
 * @param take returns the result for each submitted message
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
    // Without this, a window of messages waits for delayed acknowledgements of TCP.
    session.socket.setNoDelay(true);
    session.socket.once('close', () => sessions.delete(session));
    // The session accepts no more messages after one that it could not read.
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
      if (session === undefined) throw new Error('no client is connected by SMPP');
      // By default, the library would set the coding to 1 but write the text as coding 0.
      session.deliver_sm({ data_coding: 0, ...fields });
    },
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { socket } of sessions) socket.destroy();
      await closed;
    },
  };
}
