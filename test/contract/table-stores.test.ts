import { afterAll } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { createTableContactStore } from '../../src/storage/tables/contact-store.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createTableOptOutStore } from '../../src/storage/tables/opt-out-store.ts';
import { createTableRequestStore } from '../../src/storage/tables/request-store.ts';
import { createTableTemplateStore } from '../../src/storage/tables/template-store.ts';
import { contactStoreContract } from './contact-store.contract.ts';
import { messageStoreContract } from './message-store.contract.ts';
import { optOutStoreContract } from './opt-out-store.contract.ts';
import { requestStoreContract } from './request-store.contract.ts';
import { templateStoreContract } from './template-store.contract.ts';

const azurite = await startAzurite({});
afterAll(() => azurite.stop());

messageStoreContract('Table Storage', () => createTableMessageStore(azurite));
requestStoreContract('Table Storage', () => createTableRequestStore(azurite));
contactStoreContract('Table Storage', () => createTableContactStore(azurite, () => new Date()));
templateStoreContract('Table Storage', () => createTableTemplateStore(azurite));
optOutStoreContract('Table Storage', () => createTableOptOutStore(azurite));
