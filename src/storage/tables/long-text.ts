/*
 * A text property of Table Storage holds at most 64 KiB of UTF-16, an entity 1 MiB (Azure documentation, "Understanding
 * the Table service data model"). Longer texts are split over numbered properties. Azurite enforces neither limit, so
 * this file does.
 */
const propertyCharacters = 32_000;
const entityBytes = 1_000_000;

/** Splits a text of any length over the properties `name0`, `name1` and so on. There is always a `name0`. */
export function writeLongText(name: string, text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  let from = 0;
  for (let index = 0; from < text.length || index === 0; index++) {
    let to = Math.min(from + propertyCharacters, text.length);
    // Half of a surrogate pair can't be encoded, so never split one.
    if (to < text.length && isHighSurrogate(text.charCodeAt(to - 1))) to -= 1;
    properties[`${name}${index}`] = text.slice(from, to);
    from = to;
  }
  return properties;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** Joins the properties `name0`, `name1` and so on to their text; the inverse of {@link writeLongText}. */
export function readLongText(name: string, entity: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (let index = 0; ; index++) {
    const piece = entity[`${name}${index}`];
    if (typeof piece !== 'string') return text;
    text += piece;
  }
}

/**
 * Returns an entity unchanged, after checking its size.
 *
 * @throws RangeError if a property or the entity exceeds its limit. That is a bug of ours: the app splits or refuses
 *   larger data before it makes rows.
 */
export function guardEntitySize<Entity extends object>(entity: Entity): Entity {
  let bytes = 0;
  for (const [name, value] of Object.entries(entity)) {
    const length = typeof value === 'string' ? value.length : 8;
    if (length > 32_768) throw new RangeError(`property ${name} has ${length} characters, more than Azure accepts`);
    bytes += 8 + 2 * (name.length + length);
  }
  if (bytes > entityBytes) throw new RangeError(`entity has ${bytes} bytes, more than ${entityBytes}`);
  return entity;
}
