import { isObject } from '../core/json.ts';
import type { DocumentProblem, DocumentPath } from './document.ts';

/** An object of a document, as it was written. */
type Fields = Readonly<Record<string, unknown>>;

/** An object of a document and its place. */
export interface Written {
  entry: Fields;
  path: DocumentPath;
}

/** What the functions that read parts of a document share. */
export interface Reader {
  /** The problems so far, in the order in which they were found. */
  problems: DocumentProblem[];
  /** Tells whether a text can be a sender, in the region in which national numbers are read. */
  isSender: (text: string, region: string) => boolean;
  /** The names of all carriers; absent: any well-formed name is accepted. */
  carrierNames?: readonly string[];
}

/** Writes a place as problems name it: `customers[0].services[1].type`. */
function writePath(path: DocumentPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** Adds a problem. Its sentence is the place, `joint` and the rule that was broken. */
export function nameProblem({ problems }: Reader, path: DocumentPath, rule: string, joint = ' '): void {
  problems.push({ path, text: `${writePath(path)}${joint}${rule}` });
}

/** Refuses unknown fields of an object, most of which are mistyped. */
export function refuseUnknown(reader: Reader, { entry, path }: Written, known: readonly string[]): void {
  for (const name of Object.keys(entry)) {
    if (!known.includes(name))
      nameProblem(reader, [...path, name], `is not a field; the fields are ${known.join(', ')}`);
  }
}

/** Refuses entries of a list that have the same id as an earlier one. */
export function refuseRepeated(reader: Reader, entries: readonly { id: string }[], path: DocumentPath): void {
  const first = new Map<string, number>();
  for (const [index, { id }] of entries.entries()) {
    const earlier = first.get(id);
    if (id === '') continue;
    if (earlier === undefined) first.set(id, index);
    else nameProblem(reader, [...path, index, 'id'], `is already the id of ${writePath([...path, earlier])}: '${id}'`);
  }
}

/** Reads the objects of a list field. A field without a default is required. */
export function readEntries(reader: Reader, written: Written, name: string, defaultValue?: []): Written[] {
  const path = [...written.path, name];
  const entries = readList(reader, valueOf(written, name, defaultValue), path, { is: isObject, what: 'objects' });
  return entries.map((entry, index) => ({ entry, path: [...path, index] }));
}

/** Reads the texts of a list field, unchanged. A field without a default is required. */
export function readTexts(reader: Reader, written: Written, name: string, defaultValue?: []): string[] {
  const is = (value: unknown): value is string => typeof value === 'string';
  return readList(reader, valueOf(written, name, defaultValue), [...written.path, name], { is, what: 'texts' });
}

function valueOf({ entry }: Written, name: string, defaultValue: [] | undefined): unknown {
  return entry[name] === undefined ? defaultValue : entry[name];
}

function readList<Item>(
  reader: Reader,
  value: unknown,
  path: DocumentPath,
  { is, what }: { is: (value: unknown) => value is Item; what: string },
): Item[] {
  if (Array.isArray(value) && value.every(is)) return value;
  nameProblem(reader, path, `is not a list of ${what}`);
  return [];
}

const maxIdLength = 100;
const maxTextLength = 1_000;

/**
 * Reads a text field, and removes spaces at its ends. A field without a default is required. An id has at most 100
 * characters, another text 1,000.
 */
export function readField(
  reader: Reader,
  { entry, path }: Written,
  name: string,
  { defaultValue, isId = false }: { defaultValue?: string; isId?: boolean } = {},
): string {
  const value = entry[name];
  const place = [...path, name];
  if (value === undefined && defaultValue !== undefined) return defaultValue;
  const text = typeof value === 'string' ? value.trim() : '';
  const longest = isId ? maxIdLength : maxTextLength;
  if (text === '') nameProblem(reader, place, defaultValue === undefined ? 'is missing' : 'is empty or not a text');
  else if (text.length > longest) nameProblem(reader, place, `has more than ${longest} characters`);
  else if (/\p{Cc}/u.test(text)) nameProblem(reader, place, 'contains a control character');
  return text;
}
