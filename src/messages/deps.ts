import type { DirectoryDeps } from '../directory/index.ts';
import type { OptOutList } from '../opt-outs/index.ts';
import type { TemplateReader } from '../templates/index.ts';
import type { MessageIdParts } from './message-id.ts';
import type {
  CarrierIdStore,
  CarrierLimiter,
  FailureCounter,
  FinalStatusRecorder,
  MessageStore,
  OutboundCarrier,
  OutboundQueue,
  RecentIds,
  ReplyRecorder,
  RequestStore,
} from './ports.ts';

/*
 * What sending depends on, grouped by noun. Each function names the parts that it uses, so that a test gives no more.
 */

/** Everything that belongs to messages. */
export interface MessagesDeps {
  store: MessageStore;
  queue: OutboundQueue;
  requests: RequestStore;
  newId: (about: MessageIdParts) => string;
  /** Whether the headers in which a caller's runtime names run and action identify a repeat without a request id. */
  keysByTracking: boolean;
  /** The messages that this process queued recently. */
  recentlyQueued: RecentIds;
  /** Why a DlrUrl may not be called, as the rest of a sentence; undefined where it may. */
  checkDlrUrl: (url: string) => string | undefined;
  failures: FailureCounter;
  finalStatuses: FinalStatusRecorder;
  replies: ReplyRecorder;
  /** How long a WhatsApp message waits for a report before its SMS fallback is sent, in seconds. */
  fallbackAfterSeconds: number;
  /** How long after sending a recipient without a report becomes unknown, in seconds. */
  reportTimeoutSeconds: number;
  /** How long a worker may keep a chunk at the carrier before another worker may take it over, in seconds. */
  leaseSeconds: number;
}

/** The carriers, and what is known of them. */
export interface CarriersDeps {
  /** In the order in which they are asked where a service names none. */
  byName: ReadonlyMap<string, OutboundCarrier>;
  limiter: CarrierLimiter;
  /** The ids by which some carriers report, and nothing else. */
  ids: CarrierIdStore;
}

/** What checking a DlrUrl needs. */
export interface DlrUrlDeps {
  messages: Pick<MessagesDeps, 'checkDlrUrl'>;
}

/** What accepting a send needs. */
export interface AcceptDeps {
  messages: Pick<
    MessagesDeps,
    'store' | 'queue' | 'requests' | 'newId' | 'keysByTracking' | 'recentlyQueued' | 'checkDlrUrl'
  >;
}

/** What finding the opt-outs of an advertisement needs; all of it is cached. */
export type MarketingOptOutsDeps = DirectoryDeps & { optOuts: OptOutList };

/** What preparing a template send needs; both are cached, so that a send costs no read of its own. */
export interface TemplateSendDeps extends DlrUrlDeps {
  templates: { reader: TemplateReader };
  optOuts: OptOutList;
}

/** What starting an SMS fallback needs. */
export interface FallbackDeps {
  messages: { store: Pick<MessageStore, 'addChunks'>; queue: OutboundQueue };
  now: () => Date;
}

/** What follows a recipient's final failure needs. */
export interface FollowUpDeps {
  messages: Pick<MessagesDeps, 'store' | 'queue' | 'failures' | 'finalStatuses'>;
  now: () => Date;
}

/** What choosing a carrier needs. */
export interface ChooseCarrierDeps extends DirectoryDeps {
  carriers: Pick<CarriersDeps, 'byName' | 'limiter'>;
  now: () => Date;
}

/** What the outbound worker needs. */
export interface DeliverDeps extends DirectoryDeps {
  messages: Pick<
    MessagesDeps,
    'store' | 'queue' | 'failures' | 'finalStatuses' | 'replies' | 'fallbackAfterSeconds' | 'leaseSeconds'
  >;
  carriers: CarriersDeps;
  now: () => Date;
}

/** What cancelling a message needs. */
export interface CancelDeps {
  messages: Pick<MessagesDeps, 'store' | 'finalStatuses'>;
  now: () => Date;
}

/** What expiring unreported recipients needs. */
export interface UnreportedDeps {
  messages: Pick<MessagesDeps, 'store' | 'finalStatuses' | 'reportTimeoutSeconds'>;
  now: () => Date;
}
