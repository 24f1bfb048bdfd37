import type { AnyPrivacy } from '../../../src/core/privacy.ts';
import { containerPrivacy, tablePrivacy } from '../../../src/storage/stored-privacy.ts';
import type { StoredText } from './stored-data.ts';

type Columns = Readonly<Record<string, AnyPrivacy>>;
const tables: Readonly<Record<string, Readonly<Record<string, Columns>>>> = tablePrivacy;

const containers: Readonly<Record<string, Columns>> = containerPrivacy;

/**
 * Returns the declared columns of each kind of row of a table, or the declared parts of a container's blobs; an empty
 * list for an unknown name.
 */
export const declaredColumns = (store: string): readonly Columns[] => [
  ...Object.values(tables[store] ?? {}),
  ...(containers[store] === undefined ? [] : [containers[store]]),
];

/** Tells whether a column is declared. Long texts are split over columns with a number after the name. */
const isDeclared = ({ store, column }: StoredText): boolean =>
  declaredColumns(store).some(
    (columns) => Object.hasOwn(columns, column) || Object.hasOwn(columns, column.replace(/\d+$/, '')),
  );

const isKey = ({ column }: StoredText): boolean => column === 'partitionKey' || column === 'rowKey';

const isTime = ({ text }: StoredText): boolean => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text);

/**
 * Columns of tables, and keys of blobs' metadata, that no declaration in `src/storage/stored-privacy.ts` names and that hold more than times. An
 * empty text is a time that is absent, if another row has a time in that column.
 */
export function undeclaredColumns(texts: readonly StoredText[]): string[] {
  const columns = Map.groupBy(
    texts.filter((each) => !isKey(each) && !isDeclared(each)),
    ({ store, column }) => `${store}: nothing is declared of column ${column}`,
  );
  const areTimes = (found: readonly StoredText[]): boolean =>
    found.some(isTime) && found.every((each) => each.text === '' || isTime(each));
  return [...columns].flatMap(([column, found]) => (areTimes(found) ? [] : [column]));
}
