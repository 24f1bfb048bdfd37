import { readIdentity } from '../directory/index.ts';
import type { DirectoryDeps } from '../directory/index.ts';
import { chooseLanguage } from './choose-language.ts';
import { listedProblem } from './listed-fault.ts';
import { mergeTemplate } from './merge-template.ts';
import type { ListedTemplate, TemplateCarrier, TemplateStore } from './ports.ts';
import { attemptMs } from './submit-template.ts';
import { isSubmitted } from './template.ts';
import type { Template } from './template.ts';

/** What importing templates works with. */
export interface ImportDeps extends DirectoryDeps {
  templates: { store: TemplateStore; carrier: Pick<TemplateCarrier, 'manages' | 'list'> };
  now: () => Date;
}

/** What became of one template. */
export type ImportStep =
  | {
      /** `replaced` where what it says is another now, `updated` where only the carrier's word on it is. */
      kind: 'added' | 'updated' | 'replaced' | 'unchanged';
      template: Template;
      /** Names of the fields that changed. */
      fields: readonly string[];
      /** Languages in which the carrier has it, too, and in which it is not stored. */
      otherLanguages: readonly string[];
    }
  | {
      kind: 'left';
      name: string;
      /** The rest of a sentence that begins with the name. */
      why: string;
    };

/** What an import came to: in the order of names, or, where it is refused, why in a sentence without its subject. */
export type ImportOutcome =
  | { outcome: 'imported'; identity: string; customerId: string; steps: ImportStep[] }
  | { outcome: 'refused'; why: string };

/**
 * Makes the stored templates of a WhatsApp number like those that its carrier has, wherever they were made. A repeat
 * changes nothing. A template that the carrier doesn't list stays; so does one that is being submitted from here, and
 * one whose row somebody else writes meanwhile: that may be the carrier's newer word.
 */
export async function importTemplates(number: string, deps: ImportDeps): Promise<ImportOutcome> {
  const { directory, templates } = deps;
  const identity = readIdentity(number);
  const customerId = identity === undefined ? undefined : await directory.identityOwner(identity);
  if (identity === undefined || customerId === undefined) return refused('is not a WhatsApp number of any customer');
  if (!templates.carrier.manages(identity)) return refused('has no carrier that manages its templates');
  const region = (await directory.customer(customerId))?.region;
  // Before the carrier is asked: what is written after this may be newer than its list.
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

/** What is known of one name: what is stored under it, and the languages in which the carrier has it. */
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
    problem === undefined ? [] : [left(name, `is passed over in ${language}: ${problem}`)],
  );
  const isSpoilt = listed.some((each) => each.language === seen?.language && !usable.includes(each));
  const chosen = chooseLanguage(usable, { stored: seen?.language, region });
  if (isSpoilt || chosen === undefined) return steps;
  const next = mergeTemplate(seen, chosen, { customerId, identity, now: deps.now() });
  const why = reasonToLeave(seen, next.template, deps.now()) ?? (await write(seen, next, deps));
  if (why !== undefined) return [...steps, left(chosen.name, why)];
  const otherLanguages = [...new Set(usable.map(({ language }) => language))].filter(
    (each) => each !== chosen.language,
  );
  return [...steps, { kind: next.kind, template: next.template, fields: next.fields, otherLanguages }];
}

/** Why what is stored must not be touched; undefined where nothing speaks against it. */
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
    ? 'stays as it is: it is being submitted from here; run the command again in ten minutes'
    : undefined;
}

const meanwhile = 'was changed by another process: run the command again';

/** Writes what has changed; why not, where it can't be. */
async function write(
  seen: Template | undefined,
  { kind, template }: { kind: string; template: Template },
  { templates }: ImportDeps,
): Promise<string | undefined> {
  if (kind === 'unchanged') return undefined;
  if (seen === undefined) return (await templates.store.create(template)) === 'exists' ? meanwhile : undefined;
  const found = await templates.store.read(template.customerId, template.name);
  if (found?.template.updatedAt.getTime() !== seen.updatedAt.getTime()) return meanwhile;
  return (await templates.store.replace(found, template)) === 'conflict' ? meanwhile : undefined;
}
