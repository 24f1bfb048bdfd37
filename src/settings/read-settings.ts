import type { Settings } from './settings.ts';
import type { SettingsReader } from '../carriers/settings-reader.ts';
import { parseFailpoint } from '../core/failpoint.ts';
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

/**
 * Reads and checks all settings.
 *
 * @throws SettingsError with everything that is wrong, in the order in which settings are read
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
  // The platform sets it to the app's name. Its presence counts: an empty one must not open what Azure refuses.
  checkSettings(settings, app, { isInAzure: environment['WEBSITE_SITE_NAME'] !== undefined });
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
