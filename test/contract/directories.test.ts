import { afterAll } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { createMemoryDirectory } from '../support/fakes/directory.ts';
import { createTableDirectoryEditor } from '../../src/storage/tables/directory-editor.ts';
import { createTableDirectory } from '../../src/storage/tables/directory.ts';
import { writeDirectory } from '../support/tools/write-directory.ts';
import { directoryContract } from './directory.contract.ts';

const azurite = await startAzurite({});
afterAll(() => azurite.stop());
const now = () => new Date();

directoryContract('memory', async (document) => createMemoryDirectory(document));
directoryContract('Table Storage', async (document) => {
  await writeDirectory(createTableDirectoryEditor(azurite, { now }), document);
  return createTableDirectory(azurite, { now });
});
