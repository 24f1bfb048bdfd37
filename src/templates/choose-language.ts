import type { ListedTemplate } from './ports.ts';

/**
 * Of a name that the carrier has in several languages, the template that is stored, since a customer has one of each
 * name: that in the language that is stored already; else, of the approved ones if there are any, that in the language
 * of the customer's region; else the first by its code. Undefined where there is none at all.
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

/** The language that most people of a region speak, such as `fi` in FI. */
function languageOf(region: string): string | undefined {
  try {
    return new Intl.Locale('und', { region }).maximize().language;
  } catch {
    return undefined;
  }
}
