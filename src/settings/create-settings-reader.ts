import type { ReadSettings } from '../carriers/settings-reader.ts';
import type { Setting, SettingsTable } from '../core/setting.ts';

/** Settings by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

type WholeNumber = Extract<Setting, { kind: 'wholeNumber' | 'wholeNumbers' }>;

/**
 * Creates a reader of settings from an environment.
 *
 * @param problems gets a sentence for each setting that is missing or malformed; the reader then returns a substitute
 */
export function createSettingsReader(environment: Environment, problems: string[]): ReadSettings {
  const problem = (sentence: string): void => void problems.push(sentence);
  const optional = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const entries = (name: string): string[] => (environment[name] ?? '').split(',').flatMap((each) => each.trim() || []);

  return (table: SettingsTable) => {
    /** Returns the declaration of a setting. The types of ReadSettings ensure its kind. */
    const find = <Kind extends Setting['kind']>(name: string): Extract<Setting, { kind: Kind }> =>
      table[name] as Extract<Setting, { kind: Kind }>;
    const textOrDefault = (name: string): string => {
      const { default: defaultValue, required } = find<'text' | 'url'>(name);
      const value = optional(name) ?? defaultValue;
      if (value === undefined) problem(`${name} is not set${notSetUnless(required)}`);
      return value ?? '';
    };
    const wholeNumber = (name: string): number | undefined => {
      const setting = find<'wholeNumber'>(name);
      const written = environment[name];
      if (written === undefined) return setting.default;
      if (fits(Number(written), setting)) return Number(written);
      problem(`${name} must be a whole number${rangeOf(setting)}, not '${written}'`);
      return setting.default;
    };
    return {
      text: textOrDefault,
      optional,
      problem,
      url(name: string) {
        const value = textOrDefault(name);
        if (value !== '' && !(URL.canParse(value) && /^https?:/.test(value)))
          problem(`${name} is not an address that begins with http:// or https://`);
        return value.replace(/\/+$/, '');
      },
      wholeNumber: (name: string) => wholeNumber(name) ?? 0,
      optionalWholeNumber: wholeNumber,
      wholeNumbers(name: string) {
        const setting = find<'wholeNumbers'>(name);
        const written = optional(name);
        if (written === undefined) return setting.default;
        const numbers = written.split(',').map(Number);
        if (!numbers.every((number) => fits(number, setting)))
          problem(`${name} must be whole numbers${rangeOf(setting)}, separated by commas, not '${written}'`);
        return numbers;
      },
      // Nothing but the exact word counts, so that a slip of the pen never opens anything.
      flag: (name: string) =>
        find<'flag'>(name).default ? environment[name] !== 'false' : environment[name] === 'true',
      list(name: string) {
        const given = entries(name);
        return given.length === 0 ? (find<'list'>(name).default ?? []) : given;
      },
      pairs(name: string) {
        const pairs = new Map<string, string>();
        for (const entry of entries(name)) {
          const [, key = '', value = ''] = /^([^=]+?)\s*=\s*(.+)$/.exec(entry) ?? [];
          if (key === '') problem(`${name} must be a list such as ${find<'pairs'>(name).form}`);
          else if (pairs.has(key)) problem(`${name} names ${key} twice`);
          else pairs.set(key, value);
        }
        return pairs;
      },
    };
  };
}

/** Says when a setting is required; empty if it always is. */
function notSetUnless(required: true | string | undefined): string {
  return typeof required === 'string' ? `: it is required ${required}` : '';
}

function fits(number: number, { minimum, maximum }: WholeNumber): boolean {
  return Number.isInteger(number) && number >= minimum && number <= maximum;
}

function rangeOf({ unit, minimum, maximum }: WholeNumber): string {
  return `${unit === undefined ? '' : ` of ${unit}`} from ${minimum} to ${maximum}`;
}
