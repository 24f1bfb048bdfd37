import type { RetrySchedule } from '../http-delivery/index.ts';
import type { TokenSettings } from '../auth/verify-token.ts';
import type { ConfiguredCarrier } from '../carriers/carrier.ts';
import type { ArmedFailpoint } from '../core/failpoint.ts';
import type { SendingRate } from '../messages/index.ts';
import type { AddressRuleSettings } from '../outgoing/address-rule.ts';
import type { StorageSettings } from '../storage/connection.ts';
import type { defaultLeases } from './defaults.ts';
import type { MessageStorage } from './storage-settings.ts';

/** Everything that the app is told from outside. What a field means in full: settings-table.ts. */
export interface Settings {
  storage: StorageSettings;
  /** Further storage accounts for messages, in the order of their numbers. */
  messageStorage: readonly MessageStorage[];
  token: TokenSettings;
  /** Where people and applications sign in with Entra ID, without a slash at the end. */
  entraAuthority: string;
  /** Address of this app as carriers and flows reach it, base path included, without a slash at the end. */
  publicUrl: string;
  /** Calls in 60 seconds that a connection may make to customers without a limit of their own. */
  callsPerMinute: number;
  /** How long a WhatsApp message may be without a report before its SMS fallback is sent. */
  fallbackAfterSeconds: number;
  /** Whether the headers in which a caller's runtime names its run and action tell a repeat, without a request id. */
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
  /** How long the address of an attachment is good for. */
  attachmentHours: number;
  /** How long messages, and what belongs to them, are kept. */
  retentionDays: number;
  /** Which addresses triggers and senders may name. */
  callbacks: AddressRuleSettings;
  /** When a notification, or the call of a DlrUrl, that failed is made again. */
  notificationSchedule: RetrySchedule;
  /** If a service names no carrier, they are asked to send in this order. */
  carriers: readonly ConfiguredCarrier[];
  /** How many messages each carrier gets, by its name, where that is not the carrier's own rate. */
  carrierRates: ReadonlyMap<string, SendingRate>;
  /** The user-assigned managed identity that signs in to carriers; default: the app's own. */
  identityClientId?: string;
  /** Where a test wants this process to end. */
  failpoint?: ArmedFailpoint;
}
