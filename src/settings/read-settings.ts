import type { RetrySchedule } from '../http-delivery/index.ts';
import type { TokenSettings } from '../auth/verify-token.ts';
import type { ConfiguredCarrier } from '../carriers/carrier.ts';
import type { SettingsReader } from '../carriers/settings-reader.ts';
import { parseFailpoint } from '../core/failpoint.ts';
import type { ArmedFailpoint } from '../core/failpoint.ts';
import type { SendingRate } from '../messages/index.ts';
import type { AddressRuleSettings } from '../outgoing/address-rule.ts';
import type { StorageSettings } from '../storage/connection.ts';
import { readAddressRule, readRetrySchedule } from './callback-settings.ts';
import { readCarriers } from './carrier-settings.ts';
import { checkSettings } from './check-settings.ts';
import { createSettingsReader } from './create-settings-reader.ts';
import type { Environment } from './create-settings-reader.ts';
import { defaultLeases } from './defaults.ts';
import { SettingsError } from './settings-error.ts';
import { settingsTable } from './settings-table.ts';
import type { AppSettings } from './settings-table.ts';
import { readTokenSettings } from './sign-in-settings.ts';
import { readMessageStorage, readStorage } from './storage-settings.ts';
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

/**
 * Reads and checks all settings.
 *
 * @throws SettingsError with everything that is wrong, in the order of reading
 */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const read = createSettingsReader(environment, problems);
  const app = read(settingsTable);
  const { flag, wholeNumber } = app;
  const entraAuthority = app.url('ENTRA_AUTHORITY');
  const settings: Settings = {
    storage: readStorage(environment, problems),
    messageStorage: readMessageStorage(environment, problems),
    token: readTokenSettings(app, entraAuthority),
    entraAuthority,
    publicUrl: app.url('PUBLIC_URL'),
    callsPerMinute: wholeNumber('CALLS_PER_MINUTE'),
    fallbackAfterSeconds: wholeNumber('SMS_FALLBACK_AFTER_SECONDS'),
    keysByTracking: flag('IDEMPOTENCY_BY_TRACKING'),
    repairAfterSeconds: wholeNumber('REPAIR_AFTER_SECONDS'),
    reportTimeoutSeconds: wholeNumber('REPORT_TIMEOUT_SECONDS'),
    leases: readLeases(app),
    threadHours: wholeNumber('THREAD_HOURS'),
    attachmentLimit: wholeNumber('ATTACHMENT_MEGABYTES') * 1_000_000,
    attachmentHours: wholeNumber('ATTACHMENT_HOURS'),
    retentionDays: wholeNumber('RETENTION_DAYS'),
    callbacks: readAddressRule(app),
    notificationSchedule: readRetrySchedule(app),
    ...readCarriers(read),
    ...readOptional(app),
  };
  checkSettings(settings, app);
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

function readLeases({ optionalWholeNumber }: SettingsReader<AppSettings>): Settings['leases'] {
  const seconds = optionalWholeNumber('LEASE_SECONDS');
  return seconds === undefined ? defaultLeases : { send: seconds, dlr: seconds, flow: seconds };
}

function readOptional({ optional }: SettingsReader<AppSettings>): Pick<Settings, 'identityClientId' | 'failpoint'> {
  const identityClientId = optional('AZURE_CLIENT_ID');
  const failpoint = parseFailpoint(optional('FAILPOINT') ?? '');
  return {
    ...(identityClientId === undefined ? {} : { identityClientId }),
    ...(failpoint === undefined ? {} : { failpoint }),
  };
}
