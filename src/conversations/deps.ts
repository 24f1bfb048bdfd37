import type { DirectoryDeps } from '../directory/index.ts';
import type { CarriersDeps, MessagesDeps } from '../messages/index.ts';
import type { AttachmentSource, AttachmentStore, InboundQueue, InboundStore, Notifier, ThreadStore } from './ports.ts';

/* What conversations depend on, grouped by noun. Each function names the parts that it uses. */

/** The inbound messages. */
interface InboundDeps {
  store: InboundStore;
  queue: InboundQueue;
  notifier: Notifier;
}

/** The threads. */
interface ThreadsDeps {
  store: ThreadStore;
  /** How long after its last message a thread still takes the next one, in hours. */
  hours: number;
}

/** The attachments of inbound messages. */
interface AttachmentsDeps {
  store: AttachmentStore;
  /** Where to fetch attachments, by the carrier's name. */
  sources: ReadonlyMap<string, AttachmentSource>;
  maxBytes: number;
  /** How long an attachment's address works, in hours. */
  hours: number;
}

/** What collecting attachments needs. */
export interface CollectAttachmentsDeps {
  attachments: AttachmentsDeps;
  now: () => Date;
}

/** What entering a message into its thread needs. */
export interface EnterThreadDeps {
  threads: ThreadsDeps;
  now: () => Date;
}

/** What finding the message that a reply answers needs. */
export interface ParentDeps {
  inbound: Pick<InboundDeps, 'store'>;
  messages: Pick<MessagesDeps, 'store'>;
}

/** What preparing a reply in a thread needs. */
export type DiscussionDeps = DirectoryDeps & { threads: Pick<ThreadsDeps, 'store'> };

/** What storing an inbound message needs. */
export interface ReceiveInboundDeps {
  inbound: Pick<InboundDeps, 'store' | 'queue'>;
  carriers: Pick<CarriersDeps, 'ids'>;
  /** 32 hexadecimal digits that nobody can guess. */
  newSecret: () => string;
  now: () => Date;
}

/** What routing an inbound message needs. */
export type RouteInboundDeps = DirectoryDeps & CollectAttachmentsDeps & EnterThreadDeps & { inbound: InboundDeps };
