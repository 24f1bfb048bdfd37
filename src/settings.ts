import { existsSync } from 'node:fs';

import type { TokenSettings } from './auth/verify-token.ts';
import type { StorageSettings } from './storage/connection.ts';

/** Everything that the app is told from outside. */
export interface Settings {
  storage: StorageSettings;
  token: TokenSettings;
  /** Address of this app as carriers reach it, base path included, without a slash at the end. */
  publicUrl: string;
  /** File that declares customers, services and users. */
  directoryFile: string;
  /** How long after sending by WhatsApp without any report SMS stands in, where a send asks for that. */
  fallbackAfterSeconds: number;
  simulatedCarrier: { url: string; apiKey: string; webhookSecret: string };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that are missing or malformed, all at once, so that an operator mends them in one go. */
class SettingsError extends Error {
  constructor(faults: readonly string[]) {
    super(`The app can't start:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
    this.name = 'SettingsError';
  }
}

/** Reads and checks all settings; throws {@link SettingsError} with everything that is wrong. */
export function readSettings(environment: Environment): Settings {
  const faults: string[] = [];
  const text = (name: string): string => {
    const value = environment[name]?.trim() ?? '';
    if (value === '') faults.push(`${name} is not set`);
    return value;
  };
  const url = (name: string): string => {
    const value = text(name);
    if (value !== '' && !(URL.canParse(value) && /^https?:/.test(value)))
      faults.push(`${name} is not an http(s) address`);
    return value.replace(/\/+$/, '');
  };
  const file = (name: string): string => {
    const value = text(name);
    if (value !== '' && !existsSync(value)) faults.push(`${name} names a file that is not there`);
    return value;
  };
  const seconds = (name: string, { preset, most }: { preset: number; most: number }): number => {
    const value = Number(environment[name] ?? preset);
    if (Number.isInteger(value) && value >= 1 && value <= most) return value;
    faults.push(`${name} is not a whole number from 1 to ${most}`);
    return preset;
  };
  const settings: Settings = {
    storage: readStorage(environment, faults),
    token: { issuer: text('TOKEN_ISSUER'), audience: text('TOKEN_AUDIENCE'), jwksUrl: url('TOKEN_JWKS_URL') },
    publicUrl: url('PUBLIC_URL'),
    directoryFile: file('DIRECTORY_FILE'),
    fallbackAfterSeconds: seconds('SMS_FALLBACK_AFTER_SECONDS', { preset: 3_600, most: 6 * 24 * 3_600 }),
    simulatedCarrier: {
      url: url('SIMULATED_CARRIER_URL'),
      apiKey: text('SIMULATED_CARRIER_KEY'),
      webhookSecret: text('SIMULATED_CARRIER_SECRET'),
    },
  };
  // A message that only seems to be sent is worse than none, so in Azure the simulation must be asked for.
  if (environment['WEBSITE_SITE_NAME'] !== undefined && environment['ALLOW_SIMULATED_CARRIER'] !== 'true') {
    faults.push(
      'the simulated carrier sends nothing to real phones; set ALLOW_SIMULATED_CARRIER=true if that is meant',
    );
  }
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

/** The names that Azure Functions uses for its own storage: a connection string, or endpoints and an identity. */
function readStorage(environment: Environment, faults: string[]): StorageSettings {
  const setting = (suffix: string): string | undefined =>
    environment[`AzureWebJobsStorage${suffix}`]?.trim().replace(/\/+$/, '') || undefined;
  const connectionString = setting('');
  if (connectionString !== undefined) {
    const isUsable = /(?:^|;)(?:AccountName=[^;]|UseDevelopmentStorage=true|TableEndpoint=[^;])/i.test(
      connectionString,
    );
    if (!isUsable) faults.push('AzureWebJobsStorage is not a connection string of a storage account');
    return { connectionString };
  }
  const account = setting('__accountName');
  const tableUrl = setting('__tableServiceUri') ?? (account && `https://${account}.table.core.windows.net`);
  const queueUrl = setting('__queueServiceUri') ?? (account && `https://${account}.queue.core.windows.net`);
  if (tableUrl === undefined || queueUrl === undefined) {
    faults.push('AzureWebJobsStorage is not set, nor AzureWebJobsStorage__accountName');
    return { connectionString: '' };
  }
  for (const [name, url] of [
    ['__tableServiceUri', tableUrl],
    ['__queueServiceUri', queueUrl],
  ] as const) {
    if (!URL.canParse(url)) faults.push(`AzureWebJobsStorage${name} is not an address`);
  }
  const identityClientId = setting('__clientId');
  return { tableUrl, queueUrl, ...(identityClientId === undefined ? {} : { identityClientId }) };
}
