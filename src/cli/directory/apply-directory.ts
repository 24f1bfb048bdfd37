import { claimProblems, planDirectory } from '../../directory/index.ts';
import type { DirectoryEditor } from '../../storage/tables/directory-editor.ts';
import { describeKept, describePlan } from './describe.ts';
import type { DirectoryFile } from './read-directory-file.ts';

/** How to apply a file. */
export interface ApplyOptions {
  /** Whether to remove what the file doesn't name. */
  prune: boolean;
  /** Whether to write; false: only says what would be written. */
  write: boolean;
}

/**
 * The outcome, with the lines to print. `problems`: nothing was written. `conflict`: somebody else wrote at the same
 * time, so not everything was written.
 */
export interface Applied {
  outcome: 'done' | 'problems' | 'conflict';
  lines: readonly string[];
}

/** Makes the stored directory match a file. Writes nothing if the file or the result has a problem. */
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
  // If an earlier run broke off, it may be that only rows of addresses are left to write.
  if (changes.length === 0 && missing.length + surplus.length > 0) changes.push('~ address rows');
  const planned = [...changes, ...describeKept(plan)];
  if (changes.length === 0) return { outcome: 'done', lines: [...planned, 'There is nothing to change.'] };
  if (!write) return { outcome: 'done', lines: [...planned, 'Nothing is written yet. Add --yes to write it.'] };
  const result = await editor.write(stored, plan);
  if (result.outcome === 'written')
    return { outcome: 'done', lines: [...planned, 'Written. The app uses it within a minute.'] };
  const { written, reason } = result;
  const done = written.length === 0 ? 'Nothing was written' : `Only this was written: ${written.join(', ')}`;
  return { outcome: 'conflict', lines: [...planned, `${done}, because ${reason}. Run it again.`] };
}
