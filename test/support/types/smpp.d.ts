/** The part of smpp that the tests use, its server's side; it comes without types. */
declare module 'smpp' {
  import type { Server, Socket } from 'node:net';

  export interface Pdu {
    command: string;
    source_addr: string;
    source_addr_ton: number;
    destination_addr: string;
    dest_addr_ton: number;
    data_coding: number;
    registered_delivery: number;
    /** Of a header, what stands behind its first octet, the length. */
    short_message: { message: string | Uint8Array; udh?: Uint8Array[] };
    /** An answer to this one. */
    response(fields?: Readonly<Record<string, unknown>>): Pdu;
  }
  export interface Session {
    socket: Socket;
    on(event: 'pdu', listener: (pdu: Pdu) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
    send(pdu: Pdu): boolean;
    deliver_sm(fields: Readonly<Record<string, unknown>>): boolean;
  }
  const smpp: { createServer(listener: (session: Session) => void): Server };
  export default smpp;
}
