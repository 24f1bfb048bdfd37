import type { TemplateStatusUpdate } from '../../templates/index.ts';
import { fieldsOf, textOf } from '../fields.ts';
import type { Fields } from '../fields.ts';
import type { WhatsAppNumber } from './settings.ts';
import { templateStatus } from './template-status.ts';

/**
 * Reads a template status update (webhooks reference, message_template_status_update). Templates belong to the account,
 * so the result has one update for each number of the account. It is empty if the account is not ours, or if the event
 * doesn't change whether the template can be sent.
 */
export function readTemplateStatusUpdate(
  value: Fields,
  accountId: unknown,
  numbers: readonly WhatsAppNumber[],
): TemplateStatusUpdate[] {
  const { event, message_template_name: name, message_template_language: language } = value;
  const status = templateStatus(event);
  if (status === undefined || textOf(name) === undefined || typeof name !== 'string') return [];
  const reason = status === 'rejected' ? reasonOf(value) : undefined;
  return numbers
    .filter((number) => number.accountId === accountId)
    .map(({ number }) => ({
      identity: number,
      name,
      ...(typeof language === 'string' ? { language } : {}),
      status,
      ...(reason === undefined ? {} : { reason }),
    }));
}

/** Describes why a template can't be sent, with all details that Meta gives. */
function reasonOf(value: Fields): string {
  const rejection = fieldsOf(value['rejection_info']);
  const other = fieldsOf(value['other_info']);
  const code = value['reason'] === 'NONE' ? undefined : value['reason'];
  const event = value['event'] === 'REJECTED' ? undefined : value['event'];
  const parts = [event, code, rejection['reason'], rejection['recommendation'], other['title'], other['description']];
  return parts.flatMap((part) => textOf(part) ?? []).join(': ') || 'WhatsApp gives no reason.';
}
