import { readIdentity } from '../directory/index.ts';
import type { DirectoryDeps } from '../directory/index.ts';
import { chooseLanguage } from './choose-language.ts';
import { listedProblem } from './listed-problem.ts';
import { mergeTemplate } from './merge-template.ts';
import type { ListedTemplate, TemplateCarrier, TemplateStore } from './ports.ts';
import { attemptMs } from './submit-template.ts';
import { isSubmitted } from './template.ts';
import type { Template } from './template.ts';

/** Dependencies of importing templates. */
export interface ImportDeps extends DirectoryDeps {
  templates: { store: TemplateStore; carrier: Pick<TemplateCarrier, 'manages' | 'list'> };
  now: () => Date;
}

/** The result for one template. */
export type ImportStep =
  | {
      /** `replaced`: its content changed. `updated`: only its status, reason or reference changed. */
      kind: 'added' | 'updated' | 'replaced' | 'unchanged';
      template: Template;
      /** Names of the fields that changed. */
      fields: readonly string[];
      /** Other languages that the carrier has for this name; they are not stored. */
      otherLanguages: readonly string[];
    }
  | {
      kind: 'left';
      name: string;
      /** Why it was not imported: the rest of a sentence that begins with the name. */
      why: string;
    };

/**
 * The result of an import: the steps in the order of names, or why it was refused, as a sentence without its subject.
 */
export type ImportOutcome =
  | { outcome: 'imported'; identity: string; customerId: string; steps: ImportStep[] }
  | { outcome: 'refused'; why: string };

/**
 * Stores the templates that the carrier has for a WhatsApp number, wherever they were created. A repeat changes
 * nothing. A stored template stays as it is if the carrier doesn't list it, if it is being submitted right now, or if
 * another process writes its row during the import, because that may be a newer status from the carrier.
 */
export async function importTemplates(number: string, deps: ImportDeps): Promise<ImportOutcome> {
  const { directory, templates } = deps;
  const identity = readIdentity(number);
  const customerId = identity === undefined ? undefined : await directory.identityOwner(identity);
  if (identity === undefined || customerId === undefined) return refused('is not a WhatsApp number of any customer');
  if (!templates.carrier.manages(identity)) return refused('has no carrier that manages its templates');
  const region = (await directory.customer(customerId))?.region;
  // Read before asking the carrier: a row that is written later may be newer than the carrier's list.
  const stored = await templates.store.list(customerId);
  const answer = await templates.carrier.list(identity);
  if (answer.outcome === 'unavailable') return refused(`can't be imported: ${answer.reason}`);
  const byName = Map.groupBy(answer.templates, ({ name }) => name);
  const steps: ImportStep[] = stored
    .filter((template) => template.identity === identity && !byName.has(template.name))
    .map(({ name }) => left(name, 'stays as it is: the carrier does not list it'));
  for (const [name, listed] of byName) {
    const seen = stored.find((template) => template.name === name);
    steps.push(...(await importName({ customerId, identity, region, seen, listed }, deps)));
  }
  return {
    outcome: 'imported',
    identity,
    customerId,
    steps: steps.sort((one, two) => compare(nameOf(one), nameOf(two))),
  };
}

const refused = (why: string): ImportOutcome => ({ outcome: 'refused', why });
const left = (name: string, why: string): ImportStep => ({ kind: 'left', name, why });
const nameOf = (step: ImportStep): string => (step.kind === 'left' ? step.name : step.template.name);
const compare = (one: string, two: string): number => (one < two ? -1 : one > two ? 1 : 0);

/** One name: the template stored under it, and the carrier's templates of that name in all languages. */
interface Namesake {
  customerId: string;
  identity: string;
  region: string | undefined;
  seen: Template | undefined;
  listed: readonly ListedTemplate[];
}

async function importName(namesake: Namesake, deps: ImportDeps): Promise<ImportStep[]> {
  const { customerId, identity, region, seen, listed } = namesake;
  const problems = new Map(listed.map((each) => [each, listedProblem(each)]));
  const usable = listed.filter((each) => problems.get(each) === undefined);
  const steps = [...problems].flatMap(([{ name, language }, problem]) =>
    problem === undefined ? [] : [left(name, `is skipped in ${language}: ${problem}`)],
  );
  const isStoredUnusable = listed.some((each) => each.language === seen?.language && !usable.includes(each));
  const chosen = chooseLanguage(usable, { stored: seen?.language, region });
  if (isStoredUnusable || chosen === undefined) return steps;
  const next = mergeTemplate(seen, chosen, { customerId, identity, now: deps.now() });
  const why = reasonToLeave(seen, next.template, deps.now()) ?? (await write(seen, next, deps));
  if (why !== undefined) return [...steps, left(chosen.name, why)];
  const otherLanguages = [...new Set(usable.map(({ language }) => language))].filter(
    (each) => each !== chosen.language,
  );
  return [...steps, { kind: next.kind, template: next.template, fields: next.fields, otherLanguages }];
}

/** Returns why the stored template must not be changed; undefined if it may be. */
function reasonToLeave(seen: Template | undefined, next: Template, now: Date): string | undefined {
  if (seen === undefined) return undefined;
  if (seen.identity !== next.identity) return `stays as it is: it is stored for ${seen.identity}`;
  if (seen.status !== 'pending') return undefined;
  const isBeingSubmitted = !isSubmitted(seen) && now.getTime() - seen.updatedAt.getTime() <= attemptMs;
  const isGivenUp = !isSubmitted(seen) && !isBeingSubmitted;
  if (seen.language !== next.language && !isGivenUp) {
    return `stays as it is: it waits for its review in ${seen.language}, which the carrier does not list yet`;
  }
  return isBeingSubmitted
    ? 'stays as it is: it is being submitted right now; run this again in ten minutes'
    : undefined;
}

const raced = 'was changed by another process during the import: run this again';

/** Stores a template if it has changed. Resolves to why it could not be stored; undefined if it was. */
async function write(
  seen: Template | undefined,
  { kind, template }: { kind: string; template: Template },
  { templates }: ImportDeps,
): Promise<string | undefined> {
  if (kind === 'unchanged') return undefined;
  if (seen === undefined) return (await templates.store.create(template)) === 'exists' ? raced : undefined;
  const found = await templates.store.read(template.customerId, template.name);
  if (found?.template.updatedAt.getTime() !== seen.updatedAt.getTime()) return raced;
  return (await templates.store.replace(found, template)) === 'conflict' ? raced : undefined;
}
