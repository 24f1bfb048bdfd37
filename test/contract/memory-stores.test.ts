import { createMemoryContactStore } from '../../src/storage/memory/contact-store.ts';
import { createMemoryMessageStore } from '../../src/storage/memory/message-store.ts';
import { createMemoryOptOutStore } from '../../src/storage/memory/opt-out-store.ts';
import { createMemoryRequestStore } from '../../src/storage/memory/request-store.ts';
import { createMemoryTemplateStore } from '../../src/storage/memory/template-store.ts';
import { contactStoreContract } from './contact-store.contract.ts';
import { messageStoreContract } from './message-store.contract.ts';
import { optOutStoreContract } from './opt-out-store.contract.ts';
import { requestStoreContract } from './request-store.contract.ts';
import { templateStoreContract } from './template-store.contract.ts';

messageStoreContract('memory', createMemoryMessageStore);
requestStoreContract('memory', createMemoryRequestStore);
contactStoreContract('memory', createMemoryContactStore);
templateStoreContract('memory', createMemoryTemplateStore);
optOutStoreContract('memory', createMemoryOptOutStore);
