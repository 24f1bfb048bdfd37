import type { NameOf, SettingsTable } from '../core/setting.ts';

/**
 * Reads the settings of a table by their names. The reader collects all problems, so that an operator sees them at
 * once, and returns a harmless value for a missing or malformed setting.
 */
export interface SettingsReader<Table extends SettingsTable> {
  /** Reads a text or its default; without both, adds a problem. */
  readonly text: (name: NameOf<Table, { kind: 'text' | 'secret' }>) => string;
  /** Reads any setting as written, without spaces around it; undefined if it is absent or empty. */
  readonly optional: (name: keyof Table & string) => string | undefined;
  /** Reads an http or https address, without a slash at its end, or its default; without both, adds a problem. */
  readonly url: (name: NameOf<Table, { kind: 'url' }>) => string;
  /** Reads a whole number within the table's limits, or its default. */
  readonly wholeNumber: (name: NameOf<Table, { kind: 'wholeNumber'; default: number }>) => number;
  /** Reads a whole number within the table's limits that has no default; undefined if it is absent. */
  readonly optionalWholeNumber: (name: NameOf<Table, { kind: 'wholeNumber' }>) => number | undefined;
  /** Reads whole numbers within the table's limits, separated by commas, or their default. */
  readonly wholeNumbers: (name: NameOf<Table, { kind: 'wholeNumbers' }>) => readonly number[];
  /** Whether a flag is `true`; if its default is true, whether it is not `false`. */
  readonly flag: (name: NameOf<Table, { kind: 'flag' }>) => boolean;
  /** Reads entries, separated by commas, or their default; without both, the list is empty. */
  readonly list: (name: NameOf<Table, { kind: 'list' }>) => readonly string[];
  /** Reads `key=value` pairs, separated by commas; none if the setting is absent. */
  readonly pairs: (name: NameOf<Table, { kind: 'pairs' }>) => ReadonlyMap<string, string>;
  /** Adds another problem: a sentence without a full stop that begins with the setting's name. */
  readonly problem: (sentence: string) => void;
}

/** Makes a reader for a table of settings. All readers read one environment and add problems to one list. */
export type ReadSettings = <Table extends SettingsTable>(table: Table) => SettingsReader<Table>;
