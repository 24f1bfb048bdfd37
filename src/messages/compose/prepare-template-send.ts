import { isObject } from '../../core/json.ts';
import { isDateTime } from '../../core/date-time.ts';
import type { Preparation } from '../../operation/define-operation.ts';
import { problem, problemLimit } from '../../operation/errors.ts';
import type { Problem } from '../../operation/errors.ts';
import { checkParameters, headerKindOf, renderTemplate } from '../../templates/index.ts';
import type { Template } from '../../templates/index.ts';
import type { ChunkRecipient, TemplateCall } from '../message.ts';
import { checkAddress, checkDlrUrl, checkSendDateTime, checkUrl } from './prepare-fields.ts';
import { recipientLimit } from './prepare-send.ts';
import type { PreparedSend, SendDraft } from './prepare-send.ts';
import { countSmsParts, maximumParts, normaliseText } from './sms-parts.ts';
import type { TemplateSendDeps } from '../deps.ts';

/**
 * Applies the rules of a template send that its schema can't state. As {@link prepareSend}, it takes any JSON as body
 * and names every problem.
 */
export async function prepareTemplateSend(
  { body, customer, service, now }: SendDraft,
  deps: TemplateSendDeps,
): Promise<Preparation<PreparedSend>> {
  const { templates, optOuts } = deps;
  const fields = isObject(body) ? body : {};
  const problems: Problem[] = [];
  const name = fields['TemplateName'];
  const template = typeof name === 'string' ? await templates.reader.approved(customer.id, name) : undefined;
  if (typeof name === 'string' && template === undefined) {
    problems.push(problem('TemplateNotFound', { target: 'TemplateName' }));
  }
  const call = template && callOf(template, fields, problems);
  const text = template && call ? normaliseText(renderTemplate(template, call)) : '';
  const sendAt = checkSendDateTime(fields['SendDateTime'], customer, now, problems);
  if (typeof fields['SendDateTime'] === 'string' && !isDateTime(fields['SendDateTime'])) {
    problems.push(problem('InvalidDateTime', { target: 'SendDateTime' }));
  }
  for (const field of ['AttachmentUri', 'DlrUrl']) checkUrl(fields[field], field, problems);
  checkDlrUrl(fields['DlrUrl'], deps, problems);
  const { recipients, guessedNumbers } = checkRecipients(fields['Recipients'], customer, problems);
  const fallbackSender = fields['UseSmsFallback'] === true ? checkFallback(text, service.senders, problems) : undefined;
  const prepared: PreparedSend = {
    protocol: 'WhatsApp',
    sender: template?.identity ?? '',
    // The text is final: a parameter that looks like a placeholder must not be filled.
    content: text.replaceAll('$(', '$($)('),
    recipients,
    partCount: 1,
    guessedNumbers,
    optedOut: template === undefined ? new Set() : await optOuts.numbers(template.identity),
    ...(sendAt === undefined ? {} : { sendAt }),
    ...(call === undefined ? {} : { template: call }),
    ...(fallbackSender === undefined ? {} : { fallbackSender }),
  };
  return { problems, prepared };
}

/** Builds the call of a template. Adds a problem for each parameter whose count, type or length does not match. */
function callOf(template: Template, fields: Record<string, unknown>, problems: Problem[]): TemplateCall {
  const texts = (value: unknown): string[] =>
    Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
  const buttons = Array.isArray(fields['Buttons']) ? fields['Buttons'].filter(isObject) : [];
  const attachmentUri = fields['AttachmentUri'];
  const kind = headerKindOf(template);
  const call = {
    headerParameters: texts(fields['HeaderParameters']),
    bodyParameters: texts(fields['BodyParameters']),
    buttons: buttons.map(({ Type: type, Data: data }, index) => ({
      // Carriers need the type, which a caller may leave out.
      type: typeof type === 'string' && type !== '' ? type : (template.buttons[index]?.type ?? ''),
      data: typeof data === 'string' ? data : '',
    })),
    ...(typeof attachmentUri === 'string' ? { attachmentUri } : {}),
    ...(kind === 'none' || kind === 'text' ? {} : { attachmentKind: kind }),
  };
  problems.push(...checkParameters(template, call));
  return { name: template.name, language: template.language, ...call };
}

function checkRecipients(
  value: unknown,
  customer: SendDraft['customer'],
  problems: Problem[],
): Pick<PreparedSend, 'recipients' | 'guessedNumbers'> {
  const recipients: ChunkRecipient[] = [];
  let guessedNumbers = 0;
  if (!Array.isArray(value) || value.length > recipientLimit) return { recipients, guessedNumbers };
  for (const [index, entry] of value.entries()) {
    if (problems.length >= problemLimit) break;
    const address = isObject(entry) ? entry['Address'] : undefined;
    const parsed = checkAddress(address, `Recipients[${index}].Address`, customer, problems);
    if (parsed?.guessed === true) guessedNumbers += 1;
    recipients.push({ address: parsed?.number ?? '', parts: 1, values: [] });
  }
  return { recipients, guessedNumbers };
}

/**
 * Returns the sender of the SMS fallback, which is the first sender of the service. Refuses a text with too many parts.
 */
function checkFallback(text: string, [sender]: readonly string[], problems: Problem[]): string | undefined {
  if (sender === undefined) {
    problems.push(problem('InvalidField', { target: 'UseSmsFallback', rule: 'needs a service that has a sender' }));
  }
  const parts = countSmsParts(text);
  if (parts > maximumParts) {
    problems.push(problem('ContentTooLong', { target: 'BodyParameters', parts, limit: maximumParts }));
  }
  return sender;
}
