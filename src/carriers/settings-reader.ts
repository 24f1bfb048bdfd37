import type { NameOf, SettingsTable } from '../core/setting.ts';

/**
 * Reads the settings of a table by their names. It notes each problem, so that an operator sees them all at once, and
 * gives something harmless where a setting is missing or malformed.
 */
export interface SettingsReader<Table extends SettingsTable> {
  /** Its text, or its default; a problem where there is neither. */
  readonly text: (name: NameOf<Table, { kind: 'text' | 'secret' }>) => string;
  /** Any setting as it is written, without blanks around it; undefined where it is absent or empty. */
  readonly optional: (name: keyof Table & string) => string | undefined;
  /** An http or https address without a slash at its end, or its default; a problem where there is neither. */
  readonly url: (name: NameOf<Table, { kind: 'url' }>) => string;
  /** A whole number within the table's limits, or its default. */
  readonly wholeNumber: (name: NameOf<Table, { kind: 'wholeNumber'; default: number }>) => number;
  /** The same of a setting without a default: undefined where it is absent. */
  readonly optionalWholeNumber: (name: NameOf<Table, { kind: 'wholeNumber' }>) => number | undefined;
  /** Whole numbers, separated by commas, each within the table's limits; or its default. */
  readonly wholeNumbers: (name: NameOf<Table, { kind: 'wholeNumbers' }>) => readonly number[];
  /** Whether it is `true`; where the default is true, whether it is not `false`. */
  readonly flag: (name: NameOf<Table, { kind: 'flag' }>) => boolean;
  /** Entries, separated by commas; those of its default, or none, where it is absent. */
  readonly list: (name: NameOf<Table, { kind: 'list' }>) => readonly string[];
  /** `key=value` pairs, separated by commas; none where it is absent. */
  readonly pairs: (name: NameOf<Table, { kind: 'pairs' }>) => ReadonlyMap<string, string>;
  /** Notes another problem: a sentence without a full stop that begins with the setting's name. */
  readonly problem: (sentence: string) => void;
}

/** Gives a reader for a table of settings; all readers read one environment and note problems in one list. */
export type ReadSettings = <Table extends SettingsTable>(table: Table) => SettingsReader<Table>;
