import type { RetrySchedule } from '../http-delivery/index.ts';
import type { SettingsReader } from '../carriers/settings-reader.ts';
import type { AddressRuleSettings } from '../outgoing/address-rule.ts';
import type { Environment } from './create-settings-reader.ts';
import type { AppSettings } from './settings-table.ts';

/** Reads which addresses callbacks and `DlrUrl`s may name. */
export function readAddressRule({ flag, list, problem }: SettingsReader<AppSettings>): AddressRuleSettings {
  const allowedHosts = list('CALLBACK_HOSTS').flatMap((host) => host.replace(/^\./, '') || []);
  const wrong = allowedHosts.find((host) => !/^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(host));
  if (wrong !== undefined) {
    problem(`CALLBACK_HOSTS names '${wrong}', which is not a host name: give names such as logic.azure.com`);
  }
  return { allowLoopback: flag('ALLOW_LOOPBACK_CALLBACKS'), allowedHosts };
}

/** Reads when a failed call of a callback or a `DlrUrl` is repeated, and when it is given up. */
export function readRetrySchedule({ wholeNumber, wholeNumbers }: SettingsReader<AppSettings>): RetrySchedule {
  return {
    delaysSeconds: wholeNumbers('NOTIFICATION_RETRY_SECONDS'),
    giveUpAfterSeconds: wholeNumber('NOTIFICATION_RETRY_HOURS') * 3_600,
  };
}

/**
 * Reads the setting with a customer's secret (CALLBACK_SECRET_…). Returns undefined if it is not set, or if the
 * platform could not read the key vault that the setting refers to: then the value is still the reference.
 */
export function readCallbackSecret(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim() ?? '';
  return value === '' || value.startsWith('@Microsoft.KeyVault(') ? undefined : value;
}
