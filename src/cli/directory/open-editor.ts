import { createTableDirectoryEditor } from '../../storage/tables/directory-editor.ts';
import type { DirectoryEditor } from '../../storage/tables/directory-editor.ts';
import { openOperatorStorage } from '../open-storage.ts';

export async function openEditor(environment: NodeJS.ProcessEnv): Promise<DirectoryEditor> {
  return createTableDirectoryEditor(await openOperatorStorage(environment), { now: () => new Date() });
}
