/** Parses Kannel's `%T`, whole Unix seconds; returns undefined for anything else. */
export function parseSeconds(text: string | null): Date | undefined {
  return text !== null && /^\d{1,11}$/.test(text) ? new Date(Number(text) * 1000) : undefined;
}
