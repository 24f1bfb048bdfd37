import { entraIssuers } from '../auth/trusted-issuers.ts';
import type { TrustedIssuer } from '../auth/trusted-issuers.ts';
import type { TokenSettings } from '../auth/verify-token.ts';
import { readCarriers } from '../carriers/read-carriers.ts';
import type { ConfiguredCarrier } from '../carriers/carrier.ts';
import { simulated } from '../carriers/simulated/index.ts';
import { accountLimit } from '../messages/index.ts';
import type { SendingRate } from '../messages/index.ts';
import { defaultSchedule } from '../notifications/index.ts';
import type { RetrySchedule } from '../notifications/index.ts';
import { parseFailpoint } from '../core/failpoint.ts';
import type { ArmedFailpoint } from '../core/failpoint.ts';
import type { AddressRuleSettings } from '../outgoing/address-rule.ts';
import { createSettingsReader } from './settings-reader.ts';
import type { Environment } from './settings-reader.ts';
import type { StorageSettings } from '../storage/connection.ts';

/** Everything that the app is told from outside. */
export interface Settings {
  storage: StorageSettings;
  /** Further storage accounts for messages, by the names of the settings that say how to reach them. */
  messageStorage: readonly (readonly [setting: string, StorageSettings])[];
  token: TokenSettings;
  /** Where people and applications sign in with Entra ID, without a slash at the end. */
  entraAuthority: string;
  /** Address of this app as carriers and flows reach it, base path included, without a slash at the end. */
  publicUrl: string;
  /** How many calls a connection may make in 60 seconds, where its customers have no limit of their own. */
  callsPerMinute: number;
  /** Whether the headers by which a caller's runtime names its actions tell a repeat, where there is no request id. */
  keysByTracking: boolean;
  /** How long work may lie untouched before it is queued again, in seconds. */
  repairAfterSeconds: number;
  /** How long after sending a recipient of whom no report came is given up as unknown, in seconds. */
  reportTimeoutSeconds: number;
  /** How long a worker may have work in hand before another may take it for dead, in seconds; usual ones where absent. */
  leaseSeconds?: number;
  /** How long after sending by WhatsApp without any report SMS stands in, where a send asks for that. */
  fallbackAfterSeconds: number;
  /** How long a thread may be silent before the next message begins another. */
  threadHours: number;
  /** The largest attachment that is kept, in bytes, and how long its address is good for. */
  attachmentLimit: number;
  attachmentHours: number;
  /** How long messages and what hangs on them are kept. */
  retentionDays: number;
  /** Which addresses triggers may register. */
  callbacks: AddressRuleSettings;
  /** When a notification that failed is tried again. */
  notificationSchedule: RetrySchedule;
  /** In the order in which they are asked to send where a service names none. */
  carriers: readonly ConfiguredCarrier[];
  /** Messages that a carrier may be given, by its name, instead of what it says itself. */
  carrierRates: ReadonlyMap<string, SendingRate>;
  /** The user-assigned managed identity that calls carriers; the app's own where absent. */
  identityClientId?: string;
  /** Where a test wants this process to end. */
  failpoint?: ArmedFailpoint;
}

/** Settings that are missing or malformed, all at once, so that an operator mends them in one go. */
class SettingsError extends Error {
  constructor(problems: readonly string[]) {
    super(`The app can't start:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Reads and checks all settings; throws {@link SettingsError} with everything that is wrong. */
export function readSettings(environment: Environment): Settings {
  const problems: string[] = [];
  const read = createSettingsReader(environment, problems);
  const { text, url, list, wholeNumber } = read;
  const entraAuthority = url('ENTRA_AUTHORITY', defaultAuthority);
  const settings: Settings = {
    storage: readStorage(environment, problems),
    messageStorage: readMessageStorage(environment, problems),
    token: {
      issuers: readIssuers(environment, { text, url, list, problems }, entraAuthority),
      clientIds: list('TOKEN_CLIENT_IDS'),
    },
    entraAuthority,
    publicUrl: url('PUBLIC_URL'),
    callsPerMinute: wholeNumber('CALLS_PER_MINUTE', { defaultValue: 100, max: 100_000 }),
    fallbackAfterSeconds: wholeNumber('SMS_FALLBACK_AFTER_SECONDS', { defaultValue: 3_600, max: 6 * 24 * 3_600 }),
    keysByTracking: environment['IDEMPOTENCY_BY_TRACKING'] !== 'false',
    repairAfterSeconds: wholeNumber('REPAIR_AFTER_SECONDS', { defaultValue: 300, max: 24 * 3_600 }),
    reportTimeoutSeconds: wholeNumber('REPORT_TIMEOUT_SECONDS', { defaultValue: 48 * 3_600, max: 7 * 24 * 3_600 }),
    ...(environment['LEASE_SECONDS'] === undefined
      ? {}
      : { leaseSeconds: wholeNumber('LEASE_SECONDS', { defaultValue: 120, max: 3_600 }) }),
    threadHours: wholeNumber('THREAD_HOURS', { defaultValue: 24, max: 24 * 365 }),
    attachmentLimit: wholeNumber('ATTACHMENT_MEGABYTES', { defaultValue: 16, max: 64 }) * 1_000_000,
    attachmentHours: wholeNumber('ATTACHMENT_HOURS', { defaultValue: 7 * 24, max: 90 * 24 }),
    retentionDays: wholeNumber('RETENTION_DAYS', { defaultValue: 90, max: 3_650 }),
    callbacks: {
      allowLoopback: environment['ALLOW_LOOPBACK_CALLBACKS'] === 'true',
      allowedHosts: hostsOf(environment['CALLBACK_HOSTS'] ?? '', problems),
    },
    notificationSchedule: {
      delaysSeconds: delaysOf(environment['NOTIFICATION_RETRY_SECONDS'] ?? '', problems),
      giveUpAfterSeconds: wholeNumber('NOTIFICATION_RETRY_HOURS', { defaultValue: 24, max: 6 * 24 }) * 3_600,
    },
    ...readCarriers(read),
    ...(read.optional('AZURE_CLIENT_ID') === undefined ? {} : { identityClientId: text('AZURE_CLIENT_ID') }),
  };
  // A message that only seems to be sent is worse than none, so in Azure the simulation must be asked for.
  const isSimulated = settings.carriers.some(({ name }) => name === simulated.name);
  if (
    isSimulated &&
    environment['WEBSITE_SITE_NAME'] !== undefined &&
    environment['ALLOW_SIMULATED_CARRIER'] !== 'true'
  ) {
    problems.push(
      'the simulated carrier sends nothing to real phones; set ALLOW_SIMULATED_CARRIER=true if that is meant',
    );
  }
  if (environment['WEBSITE_SITE_NAME'] !== undefined && settings.callbacks.allowLoopback) {
    problems.push('ALLOW_LOOPBACK_CALLBACKS is for local runs: in Azure it would let callers reach this machine');
  }
  const failpoint = environment['FAILPOINT'];
  if (failpoint !== undefined) {
    const order = environment['WEBSITE_SITE_NAME'] === undefined ? parseFailpoint(failpoint) : undefined;
    if (order === undefined) problems.push('FAILPOINT is for tests on this machine, and names a failpoint');
    else settings.failpoint = order;
  }
  if (environment['WEBSITE_SITE_NAME'] !== undefined && (settings.leaseSeconds ?? 60) < 60) {
    problems.push('LEASE_SECONDS is less than 60: calls may take half a minute, and would be made twice');
  }
  if (settings.fallbackAfterSeconds >= settings.reportTimeoutSeconds) {
    problems.push('SMS_FALLBACK_AFTER_SECONDS is not less than REPORT_TIMEOUT_SECONDS, after which nothing stands in');
  }
  if (settings.attachmentHours > settings.retentionDays * 24) {
    problems.push('ATTACHMENT_HOURS is longer than RETENTION_DAYS, after which attachments are deleted');
  }
  if (problems.length > 0) throw new SettingsError(problems);
  return settings;
}

/**
 * The value of an app setting that holds a customer's secret. Undefined where it has none, or where the platform could
 * not read the key vault that it refers to: the reference stands in its place then.
 */
export function readCallbackSecret(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim() ?? '';
  return value === '' || value.startsWith('@Microsoft.KeyVault(') ? undefined : value;
}

interface Readers {
  text: (name: string) => string;
  url: (name: string, defaultValue?: string) => string;
  list: (name: string) => string[];
  problems: string[];
}

/** Tenants of Entra, another issuer, or both; none where everybody has an API key. */
function readIssuers(
  environment: Environment,
  { text, url, list, problems }: Readers,
  authority: string,
): TrustedIssuer[] {
  const tenants = list('ENTRA_TENANTS').map((id) => id.toLowerCase());
  const audiences = list('ENTRA_AUDIENCES');
  const isGuid = (id: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
  if (!tenants.every(isGuid)) problems.push('ENTRA_TENANTS is not a list of tenant ids, separated by commas');
  if (tenants.length > 0 && audiences.length === 0) problems.push('ENTRA_AUDIENCES is not set');
  const isSet = (name: string): boolean => (environment[name] ?? '').trim() !== '';
  const issuers = entraIssuers(tenants, audiences, authority);
  const keysOnly = environment['API_KEYS_ONLY'] === 'true';
  if (keysOnly && (tenants.length > 0 || isSet('TOKEN_ISSUER'))) {
    problems.push('API_KEYS_ONLY is true, but ENTRA_TENANTS or TOKEN_ISSUER lets tokens in');
  }
  if ((tenants.length > 0 || keysOnly) && !isSet('TOKEN_ISSUER')) return issuers;
  return [
    ...issuers,
    { issuer: text('TOKEN_ISSUER'), audiences: [text('TOKEN_AUDIENCE')], jwksUrl: url('TOKEN_JWKS_URL') },
  ];
}

/** Where people sign in outside sovereign clouds. */
export const defaultAuthority = 'https://login.microsoftonline.com';

/** Host names, separated by commas. */
function hostsOf(text: string, problems: string[]): string[] {
  const hosts = text.split(',').flatMap((host) => host.trim().replace(/^\./, '') || []);
  const isHost = (host: string): boolean => /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(host);
  if (!hosts.every(isHost)) problems.push('CALLBACK_HOSTS is not a list of host names, separated by commas');
  return hosts;
}

/** Seconds before each further call of a notification, separated by commas; each at least 1 and at most a day. */
function delaysOf(text: string, problems: string[]): readonly number[] {
  if (text.trim() === '') return defaultSchedule.delaysSeconds;
  const delays = text.split(',').map(Number);
  if (!delays.every((delay) => Number.isInteger(delay) && delay >= 1 && delay <= 24 * 3_600)) {
    problems.push('NOTIFICATION_RETRY_SECONDS is not a list of whole numbers from 1 to 86400, separated by commas');
  }
  return delays;
}

/** `MESSAGE_STORAGE_1`, `MESSAGE_STORAGE_2` and so on, as far as they are set one after the other. */
export function readMessageStorage(environment: Environment, problems: string[]): Settings['messageStorage'] {
  const isSet = (name: string): boolean => Object.keys(environment).some((each) => each.split('__', 1)[0] === name);
  const names = Array.from({ length: accountLimit - 1 }, (_, index) => `MESSAGE_STORAGE_${index + 1}`);
  const end = names.findIndex((name) => !isSet(name));
  const beyond = end === -1 ? undefined : names.slice(end).find(isSet);
  if (beyond !== undefined) problems.push(`${beyond} is set, but ${names[end]} is not: their numbers are in the ids`);
  return names.slice(0, end === -1 ? undefined : end).map((name) => [name, readStorage(environment, problems, name)]);
}

/** The name that Azure Functions uses for its own storage. */
export const ownStorage = 'AzureWebJobsStorage';

/**
 * Reads how a storage account is reached, by the names that Azure Functions uses: a connection string, or endpoints and
 * an identity.
 */
export function readStorage(
  environment: Environment,
  problems: string[],
  prefix: string = ownStorage,
): StorageSettings {
  const setting = (suffix: string): string | undefined =>
    environment[`${prefix}${suffix}`]?.trim().replace(/\/+$/, '') || undefined;
  const connectionString = setting('');
  if (connectionString !== undefined) {
    const isUsable = /(?:^|;)(?:AccountName=[^;]|UseDevelopmentStorage=true|TableEndpoint=[^;])/i.test(
      connectionString,
    );
    if (!isUsable) problems.push(`${prefix} is not a connection string of a storage account`);
    return { connectionString };
  }
  const account = setting('__accountName');
  const services = ['table', 'queue', 'blob'] as const;
  if (account === undefined && services.every((service) => setting(`__${service}ServiceUri`) === undefined)) {
    problems.push(`${prefix} is not set, nor ${prefix}__accountName`);
    return { connectionString: '' };
  }
  const url = (service: (typeof services)[number]): string => {
    const name = `${prefix}__${service}ServiceUri`;
    const value = setting(`__${service}ServiceUri`) ?? (account && `https://${account}.${service}.core.windows.net`);
    if (value === undefined) problems.push(`${name} is not set, nor ${prefix}__accountName`);
    else if (!URL.canParse(value)) problems.push(`${name} is not an address`);
    return value ?? '';
  };
  const identityClientId = setting('__clientId');
  return {
    tableUrl: url('table'),
    queueUrl: url('queue'),
    blobUrl: url('blob'),
    ...(identityClientId === undefined ? {} : { identityClientId }),
  };
}
