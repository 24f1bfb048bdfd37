/*
 * What stored texts mean for the privacy of the people behind phone numbers. Each stored type declares it beside its
 * fields, as in
 *
 *   export const replyLinkPrivacy = { threadId: 'technical', phone: 'personal' } as const satisfies PrivacyOf<ReplyLink>;
 *
 * so that a new text field doesn't compile before somebody has said what it holds. `npm run forget` takes what it blanks
 * from these declarations, and a contract test plants a mark in every personal field and looks for what is left.
 */

/**
 * What a stored text holds.
 * - `personal`: what belongs to or speaks about the owner of a phone; it goes when the number is forgotten.
 * - `customer`: what belongs to our customer, its users or its flows; it stays.
 * - `technical`: an id, a code, a state or a hash that names nobody; it stays.
 * - `kept: …`: what may be personal and stays all the same, with the reason. infra/docs/privacy.md lists these.
 */
type Privacy = 'personal' | 'customer' | 'technical' | `kept: ${string}`;

/**
 * The declaration that a type needs: one word for a text, the declaration of one item, in brackets, for a list or a map,
 * and an object with an entry for each field that can hold text for an object. Numbers, dates, flags and bytes need none.
 */
export type PrivacyOf<Value> = Value extends string
  ? Privacy
  : Value extends number | bigint | boolean | null | undefined | Date | Uint8Array
    ? never
    : Value extends ReadonlyMap<unknown, infer Item>
      ? ItemPrivacy<Item>
      : Value extends readonly (infer Item)[]
        ? ItemPrivacy<Item>
        : Value extends object
          ? string extends keyof Value
            ? ItemPrivacy<Value[keyof Value]>
            : FieldsPrivacy<Value>
          : Privacy;

type ItemPrivacy<Item> = [PrivacyOf<Item>] extends [never] ? never : readonly [PrivacyOf<Item>];

type FieldsPrivacy<Value> = {
  readonly [Field in keyof Value as [PrivacyOf<Value[Field]>] extends [never] ? never : Field]-?: PrivacyOf<
    Value[Field]
  >;
};

/** Any declaration. */
export type AnyPrivacy = Privacy | readonly [AnyPrivacy] | { readonly [field: string]: AnyPrivacy };

/** The declaration of a list's or a map's items; undefined for any other. */
function itemPrivacy(privacy: AnyPrivacy): AnyPrivacy | undefined {
  return Array.isArray(privacy) ? (privacy as readonly [AnyPrivacy])[0] : undefined;
}

/** Whether anything below a declaration is personal. */
function holdsPersonal(privacy: AnyPrivacy): boolean {
  return typeof privacy === 'string' ? privacy === 'personal' : Object.values(privacy).some(holdsPersonal);
}

/** The names of fields that hold anything personal. */
export function personalFields(privacy: Readonly<Record<string, AnyPrivacy>>): ReadonlySet<string> {
  return new Set(Object.keys(privacy).filter((name) => holdsPersonal(privacy[name] ?? 'technical')));
}

/** A value in which a mark stands in place of each personal text; lists and maps keep their length. */
export function markPersonal<Value extends object>(value: Value, privacy: PrivacyOf<Value>, mark: string): Value {
  return markAny(value, privacy as AnyPrivacy, mark) as Value;
}

function markAny(value: unknown, privacy: AnyPrivacy, mark: string): unknown {
  if (!holdsPersonal(privacy) || value === undefined) return value;
  if (typeof privacy === 'string') return mark;
  const item = itemPrivacy(privacy);
  const markField = (name: string, field: unknown): unknown => {
    const declared = item ?? (privacy as Readonly<Record<string, AnyPrivacy>>)[name];
    return declared === undefined ? field : markAny(field, declared, mark);
  };
  if (Array.isArray(value)) return value.map((each) => markField('', each));
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, markField('', each)]));
  return Object.fromEntries(Object.entries(value as object).map(([name, field]) => [name, markField(name, field)]));
}

/** An object without the fields that hold anything personal. */
export function omitPersonal<Value extends object>(value: Value, privacy: PrivacyOf<Value>): Partial<Value> {
  const personal = personalFields(privacy as Readonly<Record<string, AnyPrivacy>>);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !personal.has(name))) as Partial<Value>;
}
