/** Reads settings by their names. What is missing or malformed is noted, all of it, and read as something harmless. */
export interface SettingsReader {
  /** A setting that must be there. */
  readonly text: (name: string) => string;
  /** A setting that need not be there. */
  readonly optional: (name: string) => string | undefined;
  /** An http(s) address without a slash at its end; must be there unless there is a preset. */
  readonly url: (name: string, defaultValue?: string) => string;
  readonly wholeNumber: (name: string, range: { defaultValue: number; max: number }) => number;
  /** `key=value` pairs, separated by commas; none where the setting is not there. */
  readonly pairs: (name: string) => ReadonlyMap<string, string>;
  /** Notes another problem: a sentence without a full stop that begins with the setting's name. */
  readonly problem: (sentence: string) => void;
}
