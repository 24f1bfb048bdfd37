import { apiError } from '../operation/errors.ts';
import type { TemplateCarrier, TemplateStore, VersionedTemplate } from './ports.ts';
import { isSubmitted } from './template.ts';
import type { NewTemplate, Template } from './template.ts';

/** What creating templates works with. */
export interface TemplatesDeps {
  templates: { store: TemplateStore; carrier: TemplateCarrier };
}

/** Longer than a submission may take: one that was not confirmed in this time is not under way any more. */
export const attemptMs = 10 * 60 * 1000;

/**
 * Brings a template before the platform's review. It is stored first, as pending, so a crash after that loses nothing:
 * a repeat of the request submits what was not confirmed, and does nothing where it was.
 *
 * Refuses another template under a name that is taken (TemplateExists), and what the carrier refuses
 * (TemplateRefused). Where the carrier is not available (Unavailable), nothing is kept.
 *
 * Storage operations: two, and one more where the carrier's verdict is there already.
 */
export async function submitTemplate(wanted: NewTemplate, now: Date, { templates }: TemplatesDeps): Promise<void> {
  const claimed = await claimName(wanted, now, templates.store);
  if (claimed === 'done') return;
  const { template } = claimed;
  const answer = await templates.carrier.submit(template);
  if (answer.outcome === 'submitted') {
    const { carrierReference, status, reason } = answer;
    const verdict = status === undefined ? undefined : { status, ...(reason === undefined ? {} : { reason }) };
    const { customerId, name } = template;
    const outcome = await templates.store.update(customerId, name, { carrierReference, updatedAt: now });
    // A repeat that ran beside this one, and found the carrier gone, may have taken it away.
    if (outcome === 'absent') await templates.store.create({ ...template, carrierReference, ...verdict });
    else if (verdict !== undefined) await templates.store.update(customerId, name, { ...verdict, updatedAt: now });
    return;
  }
  await templates.store.remove(claimed);
  throw answer.outcome === 'refused'
    ? apiError('TemplateRefused', { reason: saidReason(answer.reason) })
    : apiError('Unavailable', { what: 'The management of WhatsApp templates' });
}

/** A carrier's reason as part of a sentence: of any length it may be, nobody reads more than this. */
function saidReason(reason: string): string {
  return reason.slice(0, 300).toWellFormed().trimEnd().replace(/\.$/, '');
}

/** Makes the name this template's; an insert decides who is first. `done` where the carrier has the very template. */
async function claimName(wanted: NewTemplate, now: Date, store: TemplateStore): Promise<VersionedTemplate | 'done'> {
  const next: Template = { ...wanted, status: 'pending', createdAt: now, updatedAt: now };
  for (;;) {
    const created = await store.create(next);
    if (created !== 'exists') return created;
    const found = await store.read(wanted.customerId, wanted.name);
    if (found === undefined) continue;
    const { template } = found;
    const same = isSame(template, wanted);
    if (same && isSubmitted(template) && template.status !== 'rejected') return 'done';
    const givenUp = now.getTime() - template.updatedAt.getTime() > attemptMs;
    if (isSubmitted(template) || (!same && !givenUp)) {
      throw apiError('TemplateExists', { target: 'DisplayName', name: wanted.name });
    }
    const claimed = await store.replace(found, next);
    if (claimed !== 'conflict') return claimed;
  }
}

function isSame(template: Template, wanted: NewTemplate): boolean {
  const essence = ({
    identity,
    displayName,
    language,
    category,
    content,
    headerText,
    attachmentUrl,
    buttons,
  }: NewTemplate): string =>
    JSON.stringify([
      [identity, displayName, language, category, content, headerText, attachmentUrl],
      buttons.map(({ type, label, data }) => [type, label, data]),
    ]);
  return essence(template) === essence(wanted);
}
