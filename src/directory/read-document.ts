import { isObject } from '../core/json.ts';
import { isPhoneNumberRegion } from '../phone-numbers/index.ts';
import { checkClaims } from './claims.ts';
import type { User } from './directory.ts';
import type { CustomerEntry, DirectoryDocument, DocumentProblem, DocumentPath } from './document.ts';
import { nameProblem, readEntries, readField, readTexts, refuseRepeated, refuseUnknown } from './read-fields.ts';
import type { Reader, Written } from './read-fields.ts';
import { readService } from './read-service.ts';

/** A document and everything that is wrong with it. If something is, the document must not be used. */
export interface ReadDocument {
  document: DirectoryDocument;
  problems: readonly DocumentProblem[];
}

/**
 * Reads a directory from parsed JSON. Default of a customer: the region Finland and the time zone UTC. Default of a
 * service: no senders and no replies.
 *
 * @param isSender tells whether a text can be a sender, in the region in which national numbers are read
 * @param carrierNames the names of all carriers; default: any well-formed name is accepted
 */
export function readDocument(
  value: unknown,
  isSender: Reader['isSender'],
  carrierNames?: readonly string[],
): ReadDocument {
  const problems: DocumentProblem[] = [];
  const reader: Reader = { problems, isSender, ...(carrierNames === undefined ? {} : { carrierNames }) };
  if (!isObject(value)) {
    problems.push({ path: [], text: 'it is not a JSON object' });
    return { document: { customers: [], users: [] }, problems };
  }
  const root: Written = { entry: value, path: [] };
  refuseUnknown(reader, root, ['customers', 'users']);
  const customers = readEntries(reader, root, 'customers').map((written) => readCustomer(reader, written));
  const users = readEntries(reader, root, 'users').map((written) => readUser(reader, written));
  refuseRepeated(reader, customers, ['customers']);
  refuseRepeated(reader, users, ['users']);
  const known = new Set(customers.map(({ id }) => id));
  for (const [index, { customerIds }] of users.entries()) {
    for (const [place, id] of customerIds.entries()) {
      if (!known.has(id))
        nameProblem(reader, ['users', index, 'customerIds', place], `names an unknown customer: '${id}'`);
    }
  }
  // Check claims only in a document without problems: otherwise a missing address, for example, is reported twice.
  const document = { customers, users };
  if (problems.length === 0) problems.push(...claimProblems(document, customers));
  return { document, problems };
}

/**
 * Finds the problems of customers' claims, with their places in a document.
 *
 * @param customers the customers of the document and others, whose problems get no place
 */
export function claimProblems(document: DirectoryDocument, customers: readonly CustomerEntry[]): DocumentProblem[] {
  return checkClaims(customers).map(({ text, customerId, serviceId }) => {
    const index = document.customers.findIndex(({ id }) => id === customerId);
    const customer = document.customers[index];
    if (customer === undefined) return { path: [], text };
    const service = customer.services.findIndex(({ id }) => id === serviceId);
    const path = ['customers', index, ...(service < 0 ? ['whatsappIdentities'] : ['services', service, 'receivesOn'])];
    return { path, text };
  });
}

function readCustomer(reader: Reader, written: Written): CustomerEntry {
  const { entry, path } = written;
  const fields = [
    'id',
    'name',
    'region',
    'timeZone',
    'callsPerMinute',
    'callbackSecretSetting',
    'services',
    'whatsappIdentities',
  ];
  refuseUnknown(reader, written, fields);
  const region = readField(reader, written, 'region', { defaultValue: 'FI' }).toUpperCase();
  const isRegion = isPhoneNumberRegion(region);
  if (!isRegion) nameProblem(reader, [...path, 'region'], 'is not a two-letter region');
  const timeZone = readField(reader, written, 'timeZone', { defaultValue: 'UTC' });
  if (!isTimeZone(timeZone)) nameProblem(reader, [...path, 'timeZone'], 'is not an IANA time zone');
  const { callsPerMinute, callbackSecretSetting } = entry;
  const services = readEntries(reader, written, 'services', []).map((service) =>
    readService(reader, service, isRegion ? region : undefined),
  );
  refuseRepeated(reader, services, [...path, 'services']);
  return {
    id: readField(reader, written, 'id', { isId: true }),
    name: readField(reader, written, 'name'),
    region,
    timeZone,
    ...(callsPerMinute === undefined ? {} : { callsPerMinute: readCalls(reader, callsPerMinute, path) }),
    ...(callbackSecretSetting === undefined ? {} : { callbackSecretSetting: readSettingName(reader, written) }),
    services,
    whatsappIdentities: readTexts(reader, written, 'whatsappIdentities', []),
  };
}

const maxCalls = 100_000;

function readCalls(reader: Reader, value: unknown, path: DocumentPath): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= maxCalls) return value;
  nameProblem(reader, [...path, 'callsPerMinute'], `is not a whole number from 1 to ${maxCalls}`);
  return maxCalls;
}

/**
 * Reads the name of the setting with a secret. A file or table must not hold secrets; a setting can name a key vault.
 */
function readSettingName(reader: Reader, written: Written): string {
  const name = readField(reader, written, 'callbackSecretSetting', { isId: true });
  if (name !== '' && !/^CALLBACK_SECRET_[A-Z0-9_]+$/.test(name)) {
    const path = [...written.path, 'callbackSecretSetting'];
    nameProblem(
      reader,
      path,
      'is not the name of a setting: CALLBACK_SECRET_ and capital letters, digits or underscores',
    );
  }
  return name;
}

function readUser(reader: Reader, written: Written): User {
  refuseUnknown(reader, written, ['id', 'name', 'customerIds']);
  return {
    id: readField(reader, written, 'id', { isId: true }),
    name: readField(reader, written, 'name'),
    customerIds: readTexts(reader, written, 'customerIds'),
  };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
