/** The categories of templates: WhatsApp's names, and the names that makers see. */
const categories = { MARKETING: 'Marketing', UTILITY: 'Utility', AUTHENTICATION: 'Authentication' } as const;
export type TemplateCategory = keyof typeof categories;

/** The categories' names, as makers see them. */
export const categoryNames: readonly string[] = Object.values(categories);

/** WhatsApp's names of categories until 2022, which flows may still use. All of them belong to UTILITY today. */
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

/**
 * Parses a category by any of its names, in any case, with spaces or underscores; undefined if it is not a category.
 */
export function readCategory(text: string): TemplateCategory | undefined {
  const words = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_]+/g, ' ');
  if (olderNames.has(words)) return 'UTILITY';
  return (Object.keys(categories) as TemplateCategory[]).find((category) => category.toLowerCase() === words);
}
