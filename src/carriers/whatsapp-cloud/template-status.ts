import type { TemplateStatusUpdate } from '../../templates/index.ts';

/**
 * What Meta's words for a template's state mean: whether it can be sent. One that is paused, disabled or deleted can't,
 * so it counts as rejected until Meta approves it again. Words that are not here change nothing: a template that is
 * flagged or locked is sent as before.
 */
const statuses = new Map<unknown, TemplateStatusUpdate['status']>([
  ['APPROVED', 'approved'],
  ['REINSTATED', 'approved'],
  ['PENDING', 'pending'],
  ['IN_APPEAL', 'pending'],
  ['REJECTED', 'rejected'],
  ['PAUSED', 'rejected'],
  ['DISABLED', 'rejected'],
  ['ARCHIVED', 'rejected'],
  ['DELETED', 'rejected'],
  ['PENDING_DELETION', 'rejected'],
]);

/** Whether a template can be sent, by Meta's word for its state; undefined where that says nothing. */
export function templateStatus(word: unknown): TemplateStatusUpdate['status'] | undefined {
  return statuses.get(word);
}
