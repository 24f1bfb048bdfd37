import { claimProblems, planDirectory } from '../directory/index.ts';
import type { DirectoryEditor } from '../storage/tables/directory-editor.ts';
import { describeKept, describePlan } from './describe-plan.ts';
import type { DirectoryFile } from './read-directory-file.ts';

/** How to apply a file: whether what it doesn't name goes, and whether to write or only to say what would be done. */
export interface ApplyOptions {
  prune: boolean;
  write: boolean;
}

/** What came of it, to be printed. With problems nothing was written; at a conflict with another writer, not all. */
export interface Applied {
  outcome: 'done' | 'problems' | 'conflict';
  lines: readonly string[];
}

/** Makes the stored directory say what a file says. Nothing is written where the whole would be at problem. */
export async function applyDirectory(
  editor: DirectoryEditor,
  file: DirectoryFile,
  { prune, write }: ApplyOptions,
): Promise<Applied> {
  if (file.problems.length > 0) return { outcome: 'problems', lines: file.problems };
  const stored = await editor.read();
  const plan = planDirectory(stored.document, file.document, { prune });
  const problems = file.describe(claimProblems(file.document, plan.result.customers));
  if (problems.length > 0) return { outcome: 'problems', lines: [...problems, ...describeKept(plan)] };
  const { missing, surplus } = editor.compareClaims(stored, plan);
  const changes = describePlan(plan);
  // After a run that broke off, rows by address may be all that is left to do.
  if (changes.length === 0 && missing.length + surplus.length > 0) changes.push('~ rows by address');
  const planned = [...changes, ...describeKept(plan)];
  if (changes.length === 0) return { outcome: 'done', lines: [...planned, 'There is nothing to change.'] };
  if (!write) return { outcome: 'done', lines: [...planned, 'Nothing is written yet; --yes writes it.'] };
  const result = await editor.write(stored, plan);
  if (result.outcome === 'written')
    return { outcome: 'done', lines: [...planned, 'Written; it shows within a minute.'] };
  const { written, reason } = result;
  const so = written.length === 0 ? 'Nothing was written' : `Only this was written: ${written.join(', ')}`;
  return { outcome: 'conflict', lines: [...planned, `${so}, since ${reason}. Run it again.`] };
}
