/*
 * How a room declares the settings that it reads from the environment: plain data, from which come the types and limits
 * of reading, the texts of problems, and the tables in the documents.
 *
 * @example
 * export const settings = {
 *   CALLS_PER_MINUTE: {
 *     kind: 'wholeNumber', unit: 'calls', minimum: 1, maximum: 100_000, default: 100,
 *     meaning: 'How many calls a connection may make in 60 seconds.',
 *   },
 * } satisfies SettingsTable;
 */

/** What each setting says of itself. */
interface Described {
  /** What the setting does, in one sentence of Markdown. */
  meaning: string;
  /** True: needed whatever the other settings say. A text ends "it is required …" and says when, in plain text. */
  required?: true | string;
  /** What holds where the setting is absent and has no default value, in a few words of Markdown. */
  absent?: string;
  /** True where the setting is for local runs, and the app does not start with it in Azure. */
  refusedInAzure?: true;
  /** Of a name that ends in `…`: the settings end in 1, 2 and so on up to this number. */
  lastNumber?: number;
}

interface Range {
  /** What is counted, in the plural: `seconds`. */
  unit?: string;
  maximum: number;
}

/** One declared setting. `secret` is a text that no message may repeat; `pairs` are `key=value`, separated by commas. */
export type Setting = Described &
  (
    | { kind: 'text'; default?: string }
    | { kind: 'secret' }
    | { kind: 'url'; default?: string }
    | { kind: 'flag'; default: boolean }
    | (Range & { kind: 'wholeNumber'; minimum: number; default?: number; minimumInAzure?: number })
    | (Range & { kind: 'wholeNumbers'; minimum: number; default: readonly number[] })
    /** With a maximum: above 0. Fractions are numbers, too. */
    | (Partial<Range> & { kind: 'number'; default?: number })
    /** `of`: what is listed, in the plural. */
    | { kind: 'list'; of: string; default?: readonly string[] }
    /** `form`: one entry as an example, such as `kannel=30`. */
    | { kind: 'pairs'; form: string; maximum?: number }
  );

/** Settings by their names, in the order in which documents list them. `…` stands for any end of a name. */
export type SettingsTable = Readonly<Record<string, Setting>>;

/** The names in a table whose settings have a shape, such as `{ kind: 'url' }`. */
export type NameOf<Table extends SettingsTable, Shape = Setting> = {
  [Name in keyof Table & string]: Table[Name] extends Shape ? Name : never;
}[keyof Table & string];
