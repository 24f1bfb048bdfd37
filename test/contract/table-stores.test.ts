import { afterAll } from 'vitest';

import { startAzurite } from '../../src/local/azurite.ts';
import { createBlobAttachmentStore } from '../../src/storage/blobs/attachment-store.ts';
import { createTableApiKeyStore } from '../../src/storage/tables/api-key-store.ts';
import { createTableCallbackStore } from '../../src/storage/tables/callback-store.ts';
import { createTableContactStore } from '../../src/storage/tables/contact-store.ts';
import { createTableDeadLetterStore } from '../../src/storage/tables/dead-letter-store.ts';
import { createTableInboundStore } from '../../src/storage/tables/inbound-store.ts';
import { createTableMessageFinder } from '../../src/storage/tables/message-finder.ts';
import { createTableMessageStore } from '../../src/storage/tables/message-store.ts';
import { createTableNotificationStore } from '../../src/storage/tables/notification-store.ts';
import { createTableOptOutStore } from '../../src/storage/tables/opt-out-store.ts';
import { createTableCarrierIdStore } from '../../src/storage/tables/carrier-id-store.ts';
import { createTableRequestStore } from '../../src/storage/tables/request-store.ts';
import { createTablePermitStore } from '../../src/storage/tables/permit-store.ts';
import { createTableSubscriptionStore } from '../../src/storage/tables/subscription-store.ts';
import { createTableTemplateStore } from '../../src/storage/tables/template-store.ts';
import { createTableThreadStore } from '../../src/storage/tables/thread-store.ts';
import { apiKeyStoreContract } from './api-key-store.contract.ts';
import { attachmentStoreContract } from './attachment-store.contract.ts';
import { callbackStoreContract } from './callback-store.contract.ts';
import { contactStoreContract } from './contact-store.contract.ts';
import { deadLetterStoreContract } from './dead-letter-store.contract.ts';
import { inboundStoreContract } from './inbound-store.contract.ts';
import { messageFinderContract } from './message-finder.contract.ts';
import { messageStoreContract } from './message-store.contract.ts';
import { notificationStoreContract } from './notification-store.contract.ts';
import { optOutStoreContract } from './opt-out-store.contract.ts';
import { carrierIdStoreContract } from './carrier-id-store.contract.ts';
import { requestStoreContract } from './request-store.contract.ts';
import { permitStoreContract } from './permit-store.contract.ts';
import { subscriptionStoreContract } from './subscription-store.contract.ts';
import { templateStoreContract } from './template-store.contract.ts';
import { threadStoreContract } from './thread-store.contract.ts';

const azurite = await startAzurite({});
afterAll(() => azurite.stop());

messageStoreContract('Table Storage', () => createTableMessageStore(azurite));
messageFinderContract('Table Storage', () => ({
  ...createTableMessageStore(azurite),
  ...createTableMessageFinder(azurite),
}));
carrierIdStoreContract('Table Storage', () => createTableCarrierIdStore(azurite));
requestStoreContract('Table Storage', () => createTableRequestStore(azurite));
contactStoreContract('Table Storage', () => createTableContactStore(azurite, () => new Date()));
templateStoreContract('Table Storage', () => createTableTemplateStore(azurite));
optOutStoreContract('Table Storage', () => createTableOptOutStore(azurite));
attachmentStoreContract('Blob Storage', () => createBlobAttachmentStore(azurite));
inboundStoreContract('Table Storage', () => createTableInboundStore(azurite));
threadStoreContract('Table Storage', () => createTableThreadStore(azurite));
subscriptionStoreContract('Table Storage', () => createTableSubscriptionStore(azurite));
notificationStoreContract('Table Storage', () => createTableNotificationStore(azurite));
permitStoreContract('Table Storage', () => createTablePermitStore(azurite));
deadLetterStoreContract('Table Storage', () => createTableDeadLetterStore(azurite));
apiKeyStoreContract('Table Storage', () => createTableApiKeyStore(azurite));
callbackStoreContract('Table Storage', () => createTableCallbackStore(azurite));
