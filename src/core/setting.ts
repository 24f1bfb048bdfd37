/*
 * Each folder of src declares the settings that it reads from the environment, as plain data. From the declaration come
 * the types and limits when settings are read, the texts of problems, and the tables in the documents.
 *
 * @example
 * export const settings = {
 *   CALLS_PER_MINUTE: {
 *     kind: 'wholeNumber', unit: 'calls', minimum: 1, maximum: 100_000, default: 100,
 *     meaning: 'How many calls a connection may make in 60 seconds.',
 *   },
 * } satisfies SettingsTable;
 */

/** The fields that settings of every kind have. */
interface Described {
  /** What the setting does, in one sentence of Markdown. */
  meaning: string;
  /** True: always required. A text completes the sentence "it is required …" and says when. */
  required?: true | string;
  /** What happens if the setting is absent and has no default value, in a few words of Markdown. */
  absent?: string;
  /** True: for local runs only; in Azure the app does not start with this setting. */
  refusedInAzure?: true;
  /** For a name that ends in `…`: the settings' names end in 1, 2 and so on, up to this number. */
  lastNumber?: number;
}

interface Range {
  /** The unit, in the plural: `seconds`. */
  unit?: string;
  maximum: number;
}

/**
 * One declared setting. A `secret` is a text that no message may repeat; `pairs` are `key=value`, separated by commas.
 */
export type Setting = Described &
  (
    | { kind: 'text'; default?: string }
    | { kind: 'secret' }
    | { kind: 'url'; default?: string }
    | { kind: 'flag'; default: boolean }
    | (Range & { kind: 'wholeNumber'; minimum: number; default?: number; minimumInAzure?: number })
    | (Range & { kind: 'wholeNumbers'; minimum: number; default: readonly number[] })
    /** May have a fraction. With a maximum, the number must be above 0. */
    | (Partial<Range> & { kind: 'number'; default?: number })
    /** `of` names the entries, in the plural. */
    | { kind: 'list'; of: string; default?: readonly string[] }
    /** `form` is an example of one entry, such as `kannel=30`. */
    | { kind: 'pairs'; form: string; maximum?: number }
  );

/** Settings by name, in the order in which documents list them. `…` stands for the variable part of a name. */
export type SettingsTable = Readonly<Record<string, Setting>>;

/** The names of a table's settings that have a certain shape, such as `{ kind: 'url' }`. */
export type NameOf<Table extends SettingsTable, Shape = Setting> = {
  [Name in keyof Table & string]: Table[Name] extends Shape ? Name : never;
}[keyof Table & string];
