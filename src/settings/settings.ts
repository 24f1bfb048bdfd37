import type { RetrySchedule } from '../http-delivery/index.ts';
import type { TokenSettings } from '../auth/verify-token.ts';
import type { ConfiguredCarrier } from '../carriers/carrier.ts';
import type { ArmedFailpoint } from '../core/failpoint.ts';
import type { SendingRate } from '../messages/index.ts';
import type { AddressRuleSettings } from '../outgoing/address-rule.ts';
import type { StorageSettings } from '../storage/connection.ts';
import type { defaultLeases } from './defaults.ts';
import type { MessageStorage } from './storage-settings.ts';

/** All settings of the app. settings-table.ts explains them in full. */
export interface Settings {
  storage: StorageSettings;
  /** Further storage accounts for messages, in the order of their numbers. */
  messageStorage: readonly MessageStorage[];
  token: TokenSettings;
  /** The sign-in address of Entra ID, without a slash at the end. */
  entraAuthority: string;
  /** The address of this app as carriers and flows reach it, base path included, without a slash at the end. */
  publicUrl: string;
  /** How many calls a connection may make in 60 seconds to customers without a limit of their own. */
  callsPerMinute: number;
  /** How long a WhatsApp message may be without a report before its SMS fallback is sent. */
  fallbackAfterSeconds: number;
  /** Whether a repeat without a request id is recognised by the headers in which a runtime names run and action. */
  keysByTracking: boolean;
  /** How long work may lie untouched before it is queued again. */
  repairAfterSeconds: number;
  /** How long after it was due a recipient without a report becomes unknown. */
  reportTimeoutSeconds: number;
  /** How long a worker may hold work before another worker takes it for dead, in seconds; see defaults.ts. */
  leases: Readonly<Record<keyof typeof defaultLeases, number>>;
  /** How long a thread may be silent before the next message begins another. */
  threadHours: number;
  /** The largest attachment that is kept, in bytes. */
  attachmentLimit: number;
  /** How long the address of an attachment is valid. */
  attachmentHours: number;
  /** How long messages, and what belongs to them, are kept. */
  retentionDays: number;
  /** Which addresses callbacks and `DlrUrl`s may name. */
  callbacks: AddressRuleSettings;
  /** When a failed notification, or a failed call of a `DlrUrl`, is repeated, and when it is given up. */
  notificationSchedule: RetrySchedule;
  /** The carriers. If a service names none, they are asked to send in this order. */
  carriers: readonly ConfiguredCarrier[];
  /** Rates that override carriers' own rates, by the carrier's name. */
  carrierRates: ReadonlyMap<string, SendingRate>;
  /** The user-assigned managed identity that signs in to carriers; default: the app's own. */
  identityClientId?: string;
  /** The failpoint at which a test ends this process. */
  failpoint?: ArmedFailpoint;
}
