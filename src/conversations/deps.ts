import type { DirectoryDeps } from '../directory/index.ts';
import type { CarriersDeps, MessagesDeps } from '../messages/index.ts';
import type { AttachmentSource, AttachmentStore, InboundQueue, InboundStore, Notifier, ThreadStore } from './ports.ts';

/* The dependencies of conversations, grouped by noun. Each function names the parts that it uses. */

/** The inbound messages. */
interface InboundDeps {
  store: InboundStore;
  queue: InboundQueue;
  notifier: Notifier;
}

/** The threads. */
interface ThreadsDeps {
  store: ThreadStore;
  /** Hours without a message after which the next message starts a new thread. */
  hours: number;
}

/** The attachments of inbound messages. */
interface AttachmentsDeps {
  store: AttachmentStore;
  /** Where to fetch attachments, by carrier name. */
  sources: ReadonlyMap<string, AttachmentSource>;
  maxBytes: number;
  /** Hours for which an attachment can be downloaded. */
  hours: number;
}

/** Dependencies of collecting attachments. */
export interface CollectAttachmentsDeps {
  attachments: AttachmentsDeps;
  now: () => Date;
}

/** Dependencies of adding a message to its thread. */
export interface EnterThreadDeps {
  threads: ThreadsDeps;
  now: () => Date;
}

/** Dependencies of finding the message that a reply answers. */
export interface ParentDeps {
  inbound: Pick<InboundDeps, 'store'>;
  messages: Pick<MessagesDeps, 'store'>;
}

/** Dependencies of preparing a reply in a thread. */
export type DiscussionDeps = DirectoryDeps & { threads: Pick<ThreadsDeps, 'store'> };

/** Dependencies of storing inbound messages. */
export interface ReceiveInboundDeps {
  inbound: Pick<InboundDeps, 'store' | 'queue'>;
  carriers: Pick<CarriersDeps, 'ids'>;
  /** Returns 32 random hexadecimal digits that nobody can guess. */
  newSecret: () => string;
  now: () => Date;
}

/** Dependencies of routing an inbound message. */
export type RouteInboundDeps = DirectoryDeps & CollectAttachmentsDeps & EnterThreadDeps & { inbound: InboundDeps };
