import type { DirectoryDeps } from '../directory/index.ts';
import type { OptOutList } from '../opt-outs/index.ts';
import type { TemplateReader } from '../templates/index.ts';
import type { MessageIdParts } from './message-id.ts';
import type { CarrierLimiter, OutboundCarrier } from './outbound-carrier.ts';
import type {
  CarrierIdStore,
  FailureCounter,
  FinalStatusRecorder,
  MessageStore,
  OutboundQueue,
  RecentIds,
  ReplyRecorder,
  RequestStore,
} from './ports.ts';

/*
 * What sending depends on, grouped by noun. Each function takes only the parts that it uses, so that a test provides no
 * more.
 */

/** Everything that belongs to messages. */
export interface MessagesDeps {
  store: MessageStore;
  queue: OutboundQueue;
  requests: RequestStore;
  newId: (about: MessageIdParts) => string;
  /**
   * Whether a request without a request id is recognised as a repeat by the headers that name the caller's run and
   * action.
   */
  keysByTracking: boolean;
  /** The messages that this process queued recently. */
  recentlyQueued: RecentIds;
  /** Says why a DlrUrl may not be called, as a clause such as "must not …"; undefined if it may be called. */
  checkDlrUrl: (url: string) => string | undefined;
  failures: FailureCounter;
  finalStatuses: FinalStatusRecorder;
  replies: ReplyRecorder;
  /** How long a WhatsApp message waits for a report before its SMS fallback is sent, in seconds. */
  fallbackAfterSeconds: number;
  /** How long after sending a recipient without a report ends as unknown, in seconds. */
  reportTimeoutSeconds: number;
  /** How long a worker may have a chunk in flight before another worker may take it over, in seconds. */
  leaseSeconds: number;
}

/** The carriers, their limiter, and the message ids that they gave. */
export interface CarriersDeps {
  /** In the order in which they are tried, if a service names none. */
  byName: ReadonlyMap<string, OutboundCarrier>;
  limiter: CarrierLimiter;
  /** Message ids of carriers whose reports name nothing else. */
  ids: CarrierIdStore;
}

/** Dependencies of the check of a DlrUrl. */
export interface DlrUrlDeps {
  messages: Pick<MessagesDeps, 'checkDlrUrl'>;
}

/** Dependencies of accepting a send. */
export interface AcceptDeps {
  messages: Pick<
    MessagesDeps,
    'store' | 'queue' | 'requests' | 'newId' | 'keysByTracking' | 'recentlyQueued' | 'checkDlrUrl'
  >;
}

/** Dependencies of finding the opt-outs of an advertisement. All are cached. */
export type MarketingOptOutsDeps = DirectoryDeps & { optOuts: OptOutList };

/**
 * Dependencies of preparing a template send. Templates and opt-outs are cached, so that a send costs no read of its
 * own.
 */
export interface TemplateSendDeps extends DlrUrlDeps {
  templates: { reader: TemplateReader };
  optOuts: OptOutList;
}

/** Dependencies of starting an SMS fallback. */
export interface FallbackDeps {
  messages: { store: Pick<MessageStore, 'addChunks'>; queue: OutboundQueue };
  now: () => Date;
}

/** Dependencies of following up on final statuses. */
export interface FollowUpDeps {
  messages: Pick<MessagesDeps, 'store' | 'queue' | 'failures' | 'finalStatuses'>;
  now: () => Date;
}

/** Dependencies of choosing a carrier. */
export interface ChooseCarrierDeps extends DirectoryDeps {
  carriers: Pick<CarriersDeps, 'byName' | 'limiter'>;
  now: () => Date;
}

/** Dependencies of the outbound worker. */
export interface DeliverDeps extends DirectoryDeps {
  messages: Pick<
    MessagesDeps,
    'store' | 'queue' | 'failures' | 'finalStatuses' | 'replies' | 'fallbackAfterSeconds' | 'leaseSeconds'
  >;
  carriers: CarriersDeps;
  now: () => Date;
}

/** Dependencies of cancelling a message. */
export interface CancelDeps {
  messages: Pick<MessagesDeps, 'store' | 'finalStatuses'>;
  now: () => Date;
}

/** Dependencies of ending recipients without a report. */
export interface UnreportedDeps {
  messages: Pick<MessagesDeps, 'store' | 'finalStatuses' | 'reportTimeoutSeconds'>;
  now: () => Date;
}
