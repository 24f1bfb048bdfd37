/*
 * Declares which stored texts are about the people behind phone numbers. Each stored type has a declaration beside its
 * fields, for example
 *
 *   export const replyLinkPrivacy = { threadId: 'technical', phone: 'personal' } as const satisfies PrivacyOf<ReplyLink>;
 *
 * so that a new text field doesn't compile until somebody declares what it holds. `npm run forget` blanks the fields
 * that are declared personal; a contract test plants a mark in each of them and checks that every mark is gone.
 */

/**
 * What a stored text holds.
 * - `personal`: belongs to, or is about, the owner of a phone; removed when the number is forgotten.
 * - `customer`: belongs to our customer, its users or its flows; kept.
 * - `technical`: an id, a code, a state or a hash that names nobody; kept.
 * - `kept: …`: may be personal and is kept nevertheless, for the stated reason. infra/docs/privacy.md lists these.
 */
type Privacy = 'personal' | 'customer' | 'technical' | `kept: ${string}`;

/**
 * The declaration that a type needs. For a text: one word. For a list or a map: the declaration of one item, in
 * brackets. For an object: an object with an entry for each field that can hold text. Numbers, dates, flags and bytes
 * need none.
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

/** Returns the declaration of the items of a list or a map; undefined if `privacy` declares anything else. */
function itemPrivacy(privacy: AnyPrivacy): AnyPrivacy | undefined {
  return Array.isArray(privacy) ? (privacy as readonly [AnyPrivacy])[0] : undefined;
}

/** Tells whether a declaration holds the word `personal` at any depth. */
function holdsPersonal(privacy: AnyPrivacy): boolean {
  return typeof privacy === 'string' ? privacy === 'personal' : Object.values(privacy).some(holdsPersonal);
}

/** Returns the names of the fields that hold anything personal. */
export function personalFields(privacy: Readonly<Record<string, AnyPrivacy>>): ReadonlySet<string> {
  return new Set(Object.keys(privacy).filter((name) => holdsPersonal(privacy[name] ?? 'technical')));
}

/** Copies a value and replaces each personal text by `mark`; lists and maps keep their length. */
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

/** Copies an object without the fields that hold anything personal. */
export function omitPersonal<Value extends object>(value: Value, privacy: PrivacyOf<Value>): Partial<Value> {
  const personal = personalFields(privacy as Readonly<Record<string, AnyPrivacy>>);
  return Object.fromEntries(Object.entries(value).filter(([name]) => !personal.has(name))) as Partial<Value>;
}
