import type { TemplateStatusUpdate } from '../../templates/index.ts';

/**
 * Our statuses for Meta's words. A paused, disabled or deleted template can't be sent, so it counts as rejected until
 * Meta approves it again. Words that are not here change nothing: a flagged or locked template can still be sent.
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

/** Returns our status for Meta's word; undefined if the word doesn't change whether the template can be sent. */
export function templateStatus(word: unknown): TemplateStatusUpdate['status'] | undefined {
  return statuses.get(word);
}
