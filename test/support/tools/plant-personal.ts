import type { AnyPrivacy, PrivacyOf } from '../../../src/core/privacy.ts';

/** Plants a unique mark in every text of a test's data that is declared personal. */
export interface Planter {
  /**
   * Copies a sample with a mark in each field that is declared personal, even if the sample lacks the field. Keeps a
   * text that holds the phone's number, by which storage finds the data of the number.
   *
   * @param kind table and kind of row, as in `messages.header`
   */
  plant: <Value extends object>(kind: string, sample: Value, privacy: PrivacyOf<Value>) => Value;
  /** Returns the kinds and the marks that were planted, sorted. */
  planted: () => { kinds: string[]; marks: string[] };
}

/** Finds marks in a text. */
const markPattern = /planted\([^)]*\)/g;

export function createPlanter(phone: string): Planter {
  const kinds = new Set<string>();
  const marks = new Set<string>();

  function plantAny(path: string, value: unknown, privacy: AnyPrivacy): unknown {
    if (typeof privacy === 'string') return privacy === 'personal' ? plantText(path, value) : value;
    if (Array.isArray(privacy)) return plantItems(`${path}[]`, value, (privacy as readonly [AnyPrivacy])[0]);
    const fields = Object.entries(privacy).map(
      ([name, declared]) => [name, plantAny(`${path}.${name}`, read(value, name), declared)] as const,
    );
    const known = fields.filter(([, field]) => field !== undefined);
    return value === undefined && known.length === 0
      ? undefined
      : { ...(value as object), ...Object.fromEntries(known) };
  }

  function plantText(path: string, value: unknown): string {
    if (typeof value === 'string' && value.includes(phone)) return value;
    const mark = `planted(${path})`;
    marks.add(mark);
    return mark;
  }

  function plantItems(path: string, value: unknown, item: AnyPrivacy): unknown {
    const plantItem = (each: unknown): unknown => plantAny(path, each, item);
    if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, plantItem(each)]));
    if (Array.isArray(value)) return value.map(plantItem);
    if (value !== undefined)
      return Object.fromEntries(Object.entries(value as object).map(([k, v]) => [k, plantItem(v)]));
    const planted = plantItem(undefined);
    return planted === undefined ? undefined : [planted];
  }

  return {
    plant: (kind, sample, privacy) => {
      kinds.add(kind);
      return plantAny(kind, sample, privacy as AnyPrivacy) as typeof sample;
    },
    planted: () => ({ kinds: [...kinds].sort(), marks: [...marks].sort() }),
  };
}

const read = (value: unknown, name: string): unknown =>
  (value as Readonly<Record<string, unknown>> | undefined)?.[name];

/** Returns the marks in a text, and the phone's number if the text holds it. */
export function tracesIn(text: string, phone: string): string[] {
  return [...(text.match(markPattern) ?? []), ...(text.includes(phone) ? [phone] : [])];
}
