import type { ListedTemplate } from './ports.ts';

/**
 * Chooses which of a name's languages to store, since we store one template for each name of a customer: the language
 * that is stored already. Otherwise, among the approved ones (or all, if no language is approved), the language of the
 * customer's region, or else the first by language code. Returns undefined if the list is empty.
 */
export function chooseLanguage(
  templates: readonly ListedTemplate[],
  { stored, region }: { stored: string | undefined; region: string | undefined },
): ListedTemplate | undefined {
  const known = templates.find(({ language }) => language === stored);
  if (known !== undefined) return known;
  const approved = templates.filter(({ status }) => status === 'approved');
  const candidates = (approved.length > 0 ? approved : templates).toSorted((one, two) =>
    one.language < two.language ? -1 : 1,
  );
  const regional = region === undefined ? undefined : languageOf(region);
  return candidates.find(({ language }) => language.split(/[-_]/, 1)[0] === regional) ?? candidates[0];
}

/** Returns the most likely language of a region, such as `fi` for FI; undefined if the region is not valid. */
function languageOf(region: string): string | undefined {
  try {
    return new Intl.Locale('und', { region }).maximize().language;
  } catch {
    return undefined;
  }
}
