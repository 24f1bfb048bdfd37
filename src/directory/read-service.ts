import { serviceTypes } from '../operation/access.ts';
import { isObject } from '../core/json.ts';
import type { DirectoryService } from './directory.ts';
import type { DocumentPath } from './document.ts';
import { isKeyword } from './keyword.ts';
import { nameProblem, readField, readTexts, refuseUnknown } from './read-fields.ts';
import type { Reader, Written } from './read-fields.ts';

/** Reads one service of a customer. Its senders are checked only if the customer's region is known. */
export function readService(reader: Reader, written: Written, region: string | undefined): DirectoryService {
  const { entry, path } = written;
  refuseUnknown(reader, written, [
    'id',
    'name',
    'type',
    'senders',
    'allowsReplies',
    'receivesOn',
    'carriers',
    'resendInDoubt',
  ]);
  const type = serviceTypes.find((candidate) => candidate === entry['type']);
  if (type === undefined) nameProblem(reader, [...path, 'type'], `is not one of ${serviceTypes.join(', ')}`);
  const receivesOn = readReceivesOn(reader, entry['receivesOn'], [...path, 'receivesOn']);
  if (receivesOn !== undefined && type !== undefined && type !== 'TwoWay')
    nameProblem(reader, [...path, 'receivesOn'], 'only a TwoWay service can receive', ': ');
  const senders = readTexts(reader, written, 'senders', []);
  for (const [index, sender] of senders.entries()) {
    if (region !== undefined && !reader.isSender(sender, region))
      nameProblem(reader, [...path, 'senders', index], `is not a sender: '${sender}'`);
  }
  const allowsReplies = entry['allowsReplies'] ?? false;
  if (typeof allowsReplies !== 'boolean') nameProblem(reader, [...path, 'allowsReplies'], 'is not true or false');
  const carriers = entry['carriers'] === undefined ? undefined : readCarriers(reader, written);
  const resendInDoubt = entry['resendInDoubt'] ?? false;
  if (typeof resendInDoubt !== 'boolean') nameProblem(reader, [...path, 'resendInDoubt'], 'is not true or false');
  return {
    id: readField(reader, written, 'id', { isId: true }),
    name: readField(reader, written, 'name'),
    type: type ?? 'OneWay',
    senders,
    allowsReplies: allowsReplies === true,
    ...(receivesOn === undefined ? {} : { receivesOn }),
    ...(carriers === undefined ? {} : { carriers }),
    ...(resendInDoubt === true ? { resendInDoubt } : {}),
  };
}

function readCarriers(reader: Reader, written: Written): string[] {
  const path = [...written.path, 'carriers'];
  const carriers = readTexts(reader, written, 'carriers');
  if (Array.isArray(written.entry['carriers']) && carriers.length === 0) nameProblem(reader, path, 'names no carrier');
  for (const [index, carrier] of carriers.entries()) {
    const known = reader.carrierNames;
    const isName = known?.includes(carrier) ?? /^[a-z][a-z0-9-]{0,49}$/.test(carrier);
    if (!isName)
      nameProblem(
        reader,
        [...path, index],
        `is not a carrier${known === undefined ? '' : `; the carriers are ${known.join(', ')}`}`,
      );
    else if (carriers.indexOf(carrier) < index) nameProblem(reader, [...path, index], `is listed twice: '${carrier}'`);
  }
  return carriers;
}

function readReceivesOn(reader: Reader, value: unknown, path: DocumentPath): DirectoryService['receivesOn'] {
  if (value === undefined) return undefined;
  if (!isObject(value)) {
    nameProblem(reader, path, 'is not an object');
    return undefined;
  }
  const written: Written = { entry: value, path };
  refuseUnknown(reader, written, ['protocol', 'address', 'keywords']);
  const { protocol } = value;
  const known = protocol === 'SMS' || protocol === 'WhatsApp';
  if (!known) nameProblem(reader, [...path, 'protocol'], 'is not SMS or WhatsApp');
  const keywords = readTexts(reader, written, 'keywords', []);
  for (const keyword of keywords) {
    if (!isKeyword(keyword)) nameProblem(reader, [...path, 'keywords'], `'${keyword}' is not a single word`, ': ');
  }
  return { protocol: known ? protocol : 'SMS', address: readField(reader, written, 'address'), keywords };
}
