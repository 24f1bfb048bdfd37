import { isObject } from '../core/json.ts';
import type { DocumentProblem, DocumentPath } from './document.ts';

/** An object of a document, as it was written. */
type Fields = Readonly<Record<string, unknown>>;

/** An object of a document and where it stands. */
export interface Written {
  entry: Fields;
  path: DocumentPath;
}

/** What reading a document's parts works with. */
export interface Reader {
  /** What is wrong so far, in the order in which it was found. */
  problems: DocumentProblem[];
  isSender: (text: string, region: string) => boolean;
  /** Names of the carriers that there are; any will do where absent. */
  carrierNames?: readonly string[];
}

/** A place as problems write it: `customers[0].services[1].type`. */
function writePath(path: DocumentPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** Notes a problem whose sentence begins with its place; `joint` stands between the two. */
export function nameProblem({ problems }: Reader, path: DocumentPath, rule: string, joint = ' '): void {
  problems.push({ path, text: `${writePath(path)}${joint}${rule}` });
}

/** Refuses fields that an object doesn't have: most are mistyped. */
export function refuseUnknown(reader: Reader, { entry, path }: Written, known: readonly string[]): void {
  for (const name of Object.keys(entry)) {
    if (!known.includes(name)) nameProblem(reader, [...path, name], `is not a field; there are ${known.join(', ')}`);
  }
}

/** Refuses entries of a list that have the id of an earlier one. */
export function refuseRepeated(reader: Reader, entries: readonly { id: string }[], path: DocumentPath): void {
  const first = new Map<string, number>();
  for (const [index, { id }] of entries.entries()) {
    const earlier = first.get(id);
    if (id === '') continue;
    if (earlier === undefined) first.set(id, index);
    else nameProblem(reader, [...path, index, 'id'], `is that of ${writePath([...path, earlier])} too: '${id}'`);
  }
}

/** The objects of a list field; `preset` where the field is not there, and without one it has to be. */
export function readEntries(reader: Reader, written: Written, name: string, defaultValue?: []): Written[] {
  const path = [...written.path, name];
  const entries = readList(reader, valueOf(written, name, defaultValue), path, { is: isObject, what: 'objects' });
  return entries.map((entry, index) => ({ entry, path: [...path, index] }));
}

/** The texts of a list field, as they are written; `preset` as for {@link readEntries}. */
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
  nameProblem(reader, path, `is no list of ${what}`);
  return [];
}

const maxIdLength = 100;
const maxTextLength = 1_000;

/** A text field without blanks at its ends, which has to be there unless it has a preset. Ids are short. */
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
  if (text === '') nameProblem(reader, place, defaultValue === undefined ? 'is missing' : 'is no text');
  else if (text.length > longest) nameProblem(reader, place, `has more than ${longest} characters`);
  else if (/\p{Cc}/u.test(text)) nameProblem(reader, place, 'contains a control character');
  return text;
}
