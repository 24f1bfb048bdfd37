import { headerKindOf } from '../../templates/index.ts';
import type { ListedTemplate, SubmitOutcome, Template } from '../../templates/index.ts';
import { whyNoAnswer } from '../call.ts';
import type { CarrierAnswer } from '../call.ts';
import type { CarrierDeps } from '../carrier.ts';
import { failureOfAnswer, postToGraph } from './call-graph.ts';
import type { Graph } from './call-graph.ts';
import { textOf } from '../fields.ts';
import { wordsOf } from './graph-error.ts';
import { findTemplates } from './list-templates.ts';
import { findNumber } from './settings.ts';
import type { WhatsAppNumber } from './settings.ts';
import { templateComponents } from './template-components.ts';
import { templateStatus } from './template-status.ts';
import { uploadExample } from './upload-example.ts';

const refused = (reason: string): SubmitOutcome => ({ outcome: 'refused', reason });
const unavailable = (reason: string): SubmitOutcome => ({ outcome: 'unavailable', reason });

/** Makes the outcome of a submission. `pending` is implied; Meta may not report any other status again. */
function submitted(
  carrierReference: string,
  status: ListedTemplate['status'] | undefined,
  reason?: string,
): SubmitOutcome {
  const decided = status === undefined || status === 'pending' ? {} : { status };
  return { outcome: 'submitted', carrierReference, ...decided, ...(reason === undefined ? {} : { reason }) };
}

/**
 * Submits a template for Meta's review, whose result comes to the webhook as a template status update. Never rejects.
 *
 * Meta refuses a name that already exists in the language. If the existing template is the same one, an earlier call
 * submitted it and its answer was lost, so the template counts as submitted.
 */
export async function submitTemplate(
  graph: Graph,
  template: Template,
  fetchPublic: CarrierDeps['fetchPublic'],
): Promise<SubmitOutcome> {
  const ours = findNumber(graph, template.identity);
  if (ours === undefined) return unavailable(`The number ${template.identity} is not in the settings.`);
  if (template.category === 'AUTHENTICATION') {
    return refused('WhatsApp writes the text of authentication templates itself; create them in WhatsApp Manager');
  }
  try {
    return await submit(graph, ours, template, fetchPublic);
  } catch (error) {
    return unavailable(whyNoAnswer(error).message);
  }
}

async function submit(
  graph: Graph,
  ours: WhatsAppNumber,
  template: Template,
  fetchPublic: CarrierDeps['fetchPublic'],
): Promise<SubmitOutcome> {
  const kind = headerKindOf(template);
  let handle: string | undefined;
  if (kind !== 'none' && kind !== 'text') {
    const uploaded = await uploadExample(graph, template, fetchPublic);
    if (uploaded.outcome !== 'uploaded') return uploaded;
    ({ handle } = uploaded);
  }
  const { name, language, category } = template;
  const body = { name, language, category, components: templateComponents(template, handle) };
  const answer = await postToGraph(graph, `${ours.accountId}/message_templates`, body);
  const carrierReference = textOf(answer.fields['id']);
  if (answer.status < 300 && carrierReference !== undefined) {
    return submitted(carrierReference, templateStatus(answer.fields['status']));
  }
  if (answer.status < 300) return unavailable('WhatsApp accepted the template but gave no id for it.');
  return outcomeOfRefusal(graph, ours, template, answer);
}

async function outcomeOfRefusal(
  graph: Graph,
  ours: WhatsAppNumber,
  template: Template,
  answer: CarrierAnswer,
): Promise<SubmitOutcome> {
  const failure = failureOfAnswer(answer, graph.now);
  if (failure.outcome !== 'rejected') return unavailable(failure.message);
  // Meta's code for a name that exists is not documented, so the list of templates decides.
  const found = await findTemplates(graph, ours, { name: template.name });
  if (found.outcome === 'unavailable') return unavailable(found.reason);
  const same = found.templates.find((each) => isSame(each, template));
  if (same?.carrierReference !== undefined) return submitted(same.carrierReference, same.status, same.reason);
  return refused(wordsOf(answer.fields['error']) || failure.message);
}

/** Whether a listed template is the submitted one. Meta doesn't keep all fields, and may change the category. */
function isSame(listed: ListedTemplate, template: Template): boolean {
  const essence = (each: ListedTemplate | Template): string => {
    const { name, language, content, headerText = '', buttons } = each;
    const ends = buttons.map(({ type, label, data }) => [type, label, type === 'QuickReply' ? '' : data]);
    return JSON.stringify([name, language, content, headerText, headerKindOf(each), ends]);
  };
  return essence(listed) === essence(template);
}
