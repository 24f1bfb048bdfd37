import { createMemoryMessageStore } from '../../src/storage/memory/message-store.ts';
import { createMemoryRequestStore } from '../../src/storage/memory/request-store.ts';
import { messageStoreContract } from './message-store.contract.ts';
import { requestStoreContract } from './request-store.contract.ts';

messageStoreContract('memory', createMemoryMessageStore);
requestStoreContract('memory', createMemoryRequestStore);
