/** A message as a phone shows it. */
export interface ShownMessage {
  content: string;
  sender: string;
}

/**
 * Joins parts as a phone does, by sender and number. Omits messages with a missing part.
 *
 * @param parts in the order in which they came; `udh` is hexadecimal: `050003`, the number, how many and which
 */
export function joinParts(parts: readonly { from: string; udh: string; text: string }[]): ShownMessage[] {
  const shown = new Map<string, { sender: string; texts: string[]; all: number }>();
  for (const [index, { from, udh, text }] of parts.entries()) {
    const [, reference, all = '01', part = '01'] = /^050003(..)(..)(..)$/.exec(udh) ?? [];
    const key = reference === undefined ? `single ${index}` : `${from} ${reference}`;
    const message = shown.get(key) ?? { sender: from, texts: [], all: Number.parseInt(all, 16) };
    message.texts[Number.parseInt(part, 16) - 1] = text;
    shown.set(key, message);
  }
  return [...shown.values()].flatMap(({ sender, texts, all }) =>
    Object.keys(texts).length === all ? [{ content: texts.join(''), sender }] : [],
  );
}
