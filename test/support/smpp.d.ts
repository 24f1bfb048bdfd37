/** The part of smpp that the tests use, its server's side; it comes without types. */
declare module 'smpp' {
  import type { Server, Socket } from 'node:net';

  interface Pdu {
    command: string;
    source_addr: string;
    destination_addr: string;
    registered_delivery: number;
    /** An answer to this one. */
    response(fields?: Readonly<Record<string, unknown>>): Pdu;
  }
  interface Session {
    socket: Socket;
    on(event: 'pdu', listener: (pdu: Pdu) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    send(pdu: Pdu): boolean;
    deliver_sm(fields: Readonly<Record<string, unknown>>): boolean;
  }
  const smpp: { createServer(listener: (session: Session) => void): Server };
  export default smpp;
}
