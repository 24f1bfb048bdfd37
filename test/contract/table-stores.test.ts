import { afterAll } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createTableRequestStore } from '../../src/storage/tables/request-store.ts';
import { messageStoreContract } from './message-store.contract.ts';
import { requestStoreContract } from './request-store.contract.ts';

const azurite = await startAzurite({});
afterAll(() => azurite.stop());

messageStoreContract('Table Storage', () => createTableMessageStore(azurite));
requestStoreContract('Table Storage', () => createTableRequestStore(azurite));
