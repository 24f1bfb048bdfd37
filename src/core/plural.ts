/**
 * Writes a number with its noun: `1 recipient`, `2 recipients`, `0 recipients`.
 *
 * @param many the plural; default: the singular and an s
 */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
