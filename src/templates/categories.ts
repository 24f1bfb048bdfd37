/** What templates are for, in the carrier's words, with the words that makers read. */
const categories = { MARKETING: 'Marketing', UTILITY: 'Utility', AUTHENTICATION: 'Authentication' } as const;
export type TemplateCategory = keyof typeof categories;

/** The categories as makers choose them. */
export const categoryNames: readonly string[] = Object.values(categories);

/** What the platform called categories until 2022, and flows still may; all of them are kinds of UTILITY today. */
const olderNames = new Set([
  'account update',
  'alert update',
  'appointment update',
  'issue resolution',
  'payment update',
  'personal finance update',
  'reservation update',
  'shipping update',
  'ticket update',
  'transportation update',
]);

/** Reads a category by any of its names, in any letters, with blanks or underscores; undefined where it is none. */
export function readCategory(text: string): TemplateCategory | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ');
  if (olderNames.has(words)) return 'UTILITY';
  return (Object.keys(categories) as TemplateCategory[]).find((category) => category.toLowerCase() === words);
}
