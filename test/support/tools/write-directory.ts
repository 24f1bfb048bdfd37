import type { DirectoryDocument, DirectoryPlan } from '../../../src/directory/index.ts';
import { planDirectory } from '../../../src/directory/index.ts';
import type { DirectoryEditor, WriteOutcome } from '../../../src/storage/tables/directory-editor.ts';

/** Writes a directory over what is stored now; resolves to the plan, and to what came of it. */
export async function writeDirectory(
  editor: DirectoryEditor,
  document: DirectoryDocument,
  { prune = true }: { prune?: boolean } = {},
): Promise<{ plan: DirectoryPlan; result: WriteOutcome }> {
  const stored = await editor.read();
  const plan = planDirectory(stored.document, document, { prune });
  return { plan, result: await editor.write(stored, plan) };
}
