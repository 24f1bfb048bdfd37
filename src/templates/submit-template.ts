import { apiError } from '../operation/errors.ts';
import type { TemplateCarrier, TemplateStore, VersionedTemplate } from './ports.ts';
import { isSubmitted } from './template.ts';
import type { NewTemplate, Template } from './template.ts';

/** Dependencies of the operations on templates. */
export interface TemplatesDeps {
  templates: { store: TemplateStore; carrier: TemplateCarrier };
}

/** Milliseconds after which a submission that the carrier has not confirmed is no longer under way. */
export const attemptMs = 10 * 60 * 1000;

/**
 * Submits a template to WhatsApp's review. It stores the template first, as pending, so a crash loses nothing: a repeat
 * of the request submits the template if it was not confirmed, and does nothing if it was.
 *
 * Storage operations: two, and one more if the carrier's answer contains a template status update.
 *
 * @throws {ApiError} TemplateExists if the name belongs to another template; TemplateRefused if the carrier refuses it,
 *   and Unavailable if the carrier can't be reached: then nothing stays stored.
 */
export async function submitTemplate(wanted: NewTemplate, now: Date, { templates }: TemplatesDeps): Promise<void> {
  const claimed = await claimName(wanted, now, templates.store);
  if (claimed === 'done') return;
  const { template } = claimed;
  const answer = await templates.carrier.submit(template);
  if (answer.outcome === 'submitted') {
    const { carrierReference, status, reason } = answer;
    const statusUpdate = status === undefined ? undefined : { status, ...(reason === undefined ? {} : { reason }) };
    const { customerId, name } = template;
    const outcome = await templates.store.update(customerId, name, { carrierReference, updatedAt: now });
    // A concurrent repeat that could not reach the carrier may have removed the template.
    if (outcome === 'absent') await templates.store.create({ ...template, carrierReference, ...statusUpdate });
    else if (statusUpdate !== undefined)
      await templates.store.update(customerId, name, { ...statusUpdate, updatedAt: now });
    return;
  }
  await templates.store.remove(claimed);
  throw answer.outcome === 'refused'
    ? apiError('TemplateRefused', { reason: givenReason(answer.reason) })
    : apiError('Unavailable', { what: 'The management of WhatsApp templates' });
}

/** Shortens a carrier's reason, which may have any length, and returns it as a part of a sentence. */
function givenReason(reason: string): string {
  return reason.slice(0, 300).toWellFormed().trimEnd().replace(/\.$/, '');
}

/**
 * Stores the template under its name; the insert decides which request is first. `done`: the carrier has the same
 * template.
 */
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
