import type { SettingsReader } from '../carriers/settings-reader.ts';

/** Settings by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads settings from an environment, and adds what is wrong with them to `problems`. */
export function createSettingsReader(
  environment: Environment,
  problems: string[],
): SettingsReader & { readonly list: (name: string) => string[] } {
  const optional = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const list = (name: string): string[] => (environment[name] ?? '').split(',').flatMap((entry) => entry.trim() || []);
  const problem = (sentence: string): void => void problems.push(sentence);
  const text = (name: string): string => {
    const value = optional(name);
    if (value === undefined) problem(`${name} is not set`);
    return value ?? '';
  };
  return {
    text,
    optional,
    list,
    problem,
    url(name, defaultValue) {
      const value = optional(name) ?? defaultValue ?? text(name);
      if (value !== '' && !(URL.canParse(value) && /^https?:/.test(value)))
        problem(`${name} is not an http(s) address`);
      return value.replace(/\/+$/, '');
    },
    wholeNumber(name, { defaultValue, max }) {
      const value = Number(environment[name] ?? defaultValue);
      if (Number.isInteger(value) && value >= 1 && value <= max) return value;
      problem(`${name} is not a whole number from 1 to ${max}`);
      return defaultValue;
    },
    pairs(name) {
      const pairs = new Map<string, string>();
      for (const entry of list(name)) {
        const [, key = '', value = ''] = /^([^=]+?)\s*=\s*(.+)$/.exec(entry) ?? [];
        if (key === '') problem(`${name} is not a list like key=value, other=value`);
        else if (pairs.has(key)) problem(`${name} has ${key} twice`);
        else pairs.set(key, value);
      }
      return pairs;
    },
  };
}
