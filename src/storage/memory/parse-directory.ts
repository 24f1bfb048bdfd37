import { isKeyword } from '../../directory/index.ts';
import type { DirectoryService, User } from '../../directory/index.ts';
import { serviceTypes } from '../../operation/access.ts';
import { isObject } from '../../operation/json.ts';
import { isPhoneNumberRegion } from '../../phone-numbers/index.ts';
import type { DirectoryDocument } from './directory.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a directory from JSON. A customer's region is Finland and its time zone UTC where none is given; a service has
 * no senders and allows no replies unless it says so.
 *
 * @throws with a list of everything that is wrong, each with its place
 */
export function parseDirectory(text: string): DirectoryDocument {
  const faults: string[] = [];
  const document = parseJson(text, faults);
  const customers = entries(document['customers'], 'customers', faults).map((entry, index) =>
    readCustomer(entry, `customers[${index}]`, faults),
  );
  const users = entries(document['users'], 'users', faults).map((entry, index): User => {
    const place = `users[${index}]`;
    const customerIds = texts(entry['customerIds'], `${place}.customerIds`, faults);
    return { id: required(entry, 'id', place, faults), name: required(entry, 'name', place, faults), customerIds };
  });
  if (faults.length > 0)
    throw new Error(`The directory can't be used:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  return { customers, users };
}

function parseJson(text: string, faults: string[]): Fields {
  try {
    const document: unknown = JSON.parse(text);
    if (isObject(document)) return document;
    faults.push('it is no JSON object');
  } catch (error) {
    faults.push(`it is not valid JSON: ${(error as Error).message}`);
  }
  return { customers: [], users: [] };
}

function readCustomer(entry: Fields, place: string, faults: string[]): DirectoryDocument['customers'][number] {
  const region = optionalText(entry, 'region', 'FI').toUpperCase();
  if (!isPhoneNumberRegion(region)) faults.push(`${place}.region is no two-letter region`);
  const timeZone = optionalText(entry, 'timeZone', 'UTC');
  if (!isTimeZone(timeZone)) faults.push(`${place}.timeZone is no IANA time zone`);
  const services = entries(entry['services'] ?? [], `${place}.services`, faults).map((service, index) =>
    readService(service, `${place}.services[${index}]`, faults),
  );
  return {
    id: required(entry, 'id', place, faults),
    name: required(entry, 'name', place, faults),
    region,
    timeZone,
    services,
    whatsappIdentities: texts(entry['whatsappIdentities'] ?? [], `${place}.whatsappIdentities`, faults),
  };
}

function readService(entry: Fields, place: string, faults: string[]): DirectoryService {
  const type = serviceTypes.find((candidate) => candidate === entry['type']);
  if (type === undefined) faults.push(`${place}.type is none of ${serviceTypes.join(', ')}`);
  const receivesOn = readReceivesOn(entry['receivesOn'], `${place}.receivesOn`, faults);
  return {
    id: required(entry, 'id', place, faults),
    name: required(entry, 'name', place, faults),
    type: type ?? 'OneWay',
    senders: texts(entry['senders'] ?? [], `${place}.senders`, faults),
    allowsReplies: entry['allowsReplies'] === true,
    ...(receivesOn === undefined ? {} : { receivesOn }),
  };
}

function readReceivesOn(value: unknown, place: string, faults: string[]): DirectoryService['receivesOn'] {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    faults.push(`${place} is no object`);
    return undefined;
  }
  const { protocol } = value;
  const known = protocol === 'SMS' || protocol === 'WhatsApp';
  if (!known) faults.push(`${place}.protocol is neither SMS nor WhatsApp`);
  const keywords = texts(value['keywords'] ?? [], `${place}.keywords`, faults);
  for (const keyword of keywords) if (!isKeyword(keyword)) faults.push(`${place}.keywords: '${keyword}' is no word`);
  return { protocol: known ? protocol : 'SMS', address: required(value, 'address', place, faults), keywords };
}

function entries(value: unknown, place: string, faults: string[]): Fields[] {
  if (Array.isArray(value) && value.every(isObject)) return value;
  faults.push(`${place} is no list of objects`);
  return [];
}

function texts(value: unknown, place: string, faults: string[]): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  faults.push(`${place} is no list of texts`);
  return [];
}

function required(entry: Fields, name: string, place: string, faults: string[]): string {
  const value = optionalText(entry, name, '');
  if (value === '') faults.push(`${place}.${name} is missing`);
  return value;
}

function optionalText(entry: Fields, name: string, preset: string): string {
  const value = entry[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : preset;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
