import { accountLimit } from '../messages/index.ts';
import type { StorageSettings } from '../storage/connection.ts';
import type { Environment } from './create-settings-reader.ts';

/** The name that Azure Functions uses for its own storage. */
export const ownStorage = 'AzureWebJobsStorage';

/** A further storage account for messages: the name of its setting, and how to reach it. */
export type MessageStorage = readonly [setting: string, StorageSettings];

const services = ['table', 'queue', 'blob'] as const;

/**
 * Reads how to reach a storage account, from settings with the names that Azure Functions uses: a connection string, or
 * endpoints and an identity.
 *
 * @param problems gets a sentence for each setting that is missing or malformed
 * @param prefix the name of the setting that holds the connection string; the other names begin with it
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
    if (!isUsable) {
      problems.push(
        `${prefix} is not a connection string of a storage account: it has no AccountName=… and no TableEndpoint=…`,
      );
    }
    return { connectionString };
  }
  const account = setting('__accountName');
  if (account === undefined && services.every((service) => setting(`__${service}ServiceUri`) === undefined)) {
    problems.push(`${prefix} is not set: give a connection string, or name the account in ${prefix}__accountName`);
    return { connectionString: '' };
  }
  const url = (service: (typeof services)[number]): string => {
    const name = `${prefix}__${service}ServiceUri`;
    const value = setting(`__${service}ServiceUri`) ?? (account && `https://${account}.${service}.core.windows.net`);
    if (value === undefined) {
      problems.push(`${name} is not set: give the address, or name the account in ${prefix}__accountName`);
    } else if (!URL.canParse(value)) {
      problems.push(`${name} is not an address such as https://ACCOUNT.${service}.core.windows.net`);
    }
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

/**
 * Reads `MESSAGE_STORAGE_1`, `MESSAGE_STORAGE_2` and so on, up to the first that is not set.
 *
 * @param problems gets a sentence for each setting that is malformed, and one for a gap in the numbers
 */
export function readMessageStorage(environment: Environment, problems: string[]): readonly MessageStorage[] {
  const isSet = (name: string): boolean => Object.keys(environment).some((each) => each.split('__', 1)[0] === name);
  const names = Array.from({ length: accountLimit - 1 }, (_, index) => `MESSAGE_STORAGE_${index + 1}`);
  const end = names.findIndex((name) => !isSet(name));
  const beyond = end === -1 ? undefined : names.slice(end).find(isSet);
  if (beyond !== undefined) {
    problems.push(`${beyond} is set, but ${names[end]} is not: leave no gap, since message ids hold these numbers`);
  }
  return names.slice(0, end === -1 ? undefined : end).map((name) => [name, readStorage(environment, problems, name)]);
}
