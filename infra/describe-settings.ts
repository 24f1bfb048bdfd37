import { code, table } from '../src/connector/create-docs/markdown.ts';
import type { Setting, SettingsTable } from '../src/core/setting.ts';

/** Describes settings, in their order, as a table in Markdown. */
export function describeSettings(settings: SettingsTable): string {
  return table(
    ['Setting', 'Type', 'Default', 'Meaning'],
    Object.entries(settings).map(([name, setting]) => [
      nameOf(name, setting),
      typeOf(setting),
      defaultOf(setting),
      meaningOf(setting),
    ]),
  );
}

function nameOf(name: string, { lastNumber }: Setting): string {
  if (lastNumber === undefined) return code(name);
  const numbered = (number: number): string => code(name.replace('…', String(number)));
  return `${numbered(1)} … ${numbered(lastNumber)}`;
}

/** Describes what a setting of each kind may contain. */
const types: { readonly [Kind in Setting['kind']]: (setting: Extract<Setting, { kind: Kind }>) => string } = {
  text: () => 'text',
  secret: () => 'secret',
  url: () => 'http or https address',
  flag: () => '`true` or `false`',
  wholeNumber: (setting) => `whole number${rangeOf(setting)}`,
  wholeNumbers: (setting) => `whole numbers${rangeOf(setting)} each, separated by commas`,
  number: (setting) =>
    `number${countedOf(setting)}${setting.maximum === undefined ? '' : ` above 0${maximumOf(setting)}`}`,
  list: ({ of }) => `${of}, separated by commas`,
  pairs: (setting) => `pairs such as ${code(setting.form)}${maximumOf(setting)}, separated by commas`,
};

function typeOf(setting: Setting): string {
  const describe = types[setting.kind] as (setting: Setting) => string;
  return describe(setting);
}

function countedOf({ unit }: { unit?: string }): string {
  return unit === undefined ? '' : ` of ${unit}`;
}

function rangeOf(setting: { unit?: string; minimum: number; maximum: number }): string {
  const { unit, minimum, maximum } = setting;
  return `${countedOf(setting)} from ${numeral(minimum, unit)} to ${amount(maximum, unit)}`;
}

function maximumOf({ maximum, unit }: { maximum?: number; unit?: string }): string {
  return maximum === undefined ? '' : `, at most ${amount(maximum, unit ?? '')}`;
}

function defaultOf(setting: Setting): string {
  const { required, absent } = setting;
  const value = 'default' in setting ? setting.default : undefined;
  if (typeof value === 'number') return amount(value, 'unit' in setting ? setting.unit : undefined);
  if (value !== undefined) return code(Array.isArray(value) ? value.join(',') : String(value));
  if (required !== undefined) return required === true ? 'required' : `required ${withCode(required)}`;
  return absent ?? 'none';
}

function meaningOf(setting: Setting): string {
  const { meaning, refusedInAzure } = setting;
  const minimum = 'minimumInAzure' in setting ? setting.minimumInAzure : undefined;
  return [
    meaning,
    ...(minimum === undefined ? [] : [`At least ${minimum} in Azure.`]),
    ...(refusedInAzure === true ? ['Refused in Azure.'] : []),
  ].join(' ');
}

/** Marks the names of settings in a text as code. */
function withCode(text: string): string {
  return text.replaceAll(/\w+_\w+/g, code);
}

/** Writes a number with a unit with separated thousands, and a number without a unit, such as a port, as it is. */
function numeral(value: number, unit: string | undefined): string {
  return unit === undefined ? String(value) : value.toLocaleString('en');
}

/** Larger units by the name of the smaller one, the largest first. */
const largerUnits: Readonly<Record<string, readonly (readonly [size: number, name: string])[]>> = {
  seconds: [
    [24 * 3_600, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ],
  hours: [[24, 'day']],
};

/** Writes a number, followed by the same amount in a larger unit: `86,400 (1 day)`. */
function amount(value: number, unit: string | undefined): string {
  const written = numeral(value, unit);
  const larger = largerUnits[unit ?? '']?.find(([size]) => value >= size && value % size === 0);
  if (larger === undefined) return written;
  const [size, name] = larger;
  return `${written} (${value / size} ${name}${value === size ? '' : 's'})`;
}
