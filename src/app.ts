import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { createAccess } from './auth/create-access.ts';
import { createTokenVerifier } from './auth/verify-token.ts';
import type { Carrier } from './carriers/carrier.ts';
import type { WebhookTakers } from './carriers/receive-webhook.ts';
import { createSimulatedCarrier } from './carriers/simulated/index.ts';
import { createFailureCounter } from './contacts/index.ts';
import { createReportRecorder, newMessageId } from './messages/index.ts';
import type { Kernel } from './operation/dispatch.ts';
import type { OperationWorld } from './operations.ts';
import { createOptOutList } from './opt-outs/index.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { connectStorage } from './storage/connection.ts';
import { createMemoryDirectory } from './storage/memory/directory.ts';
import { parseDirectory } from './storage/memory/parse-directory.ts';
import { createCleanUpQueue } from './storage/queues/clean-up-queue.ts';
import { createOutboundQueue } from './storage/queues/outbound-queue.ts';
import { createTableContactStore } from './storage/tables/contact-store.ts';
import { createTableMessageStore } from './storage/tables/message-store.ts';
import { createTableOptOutStore } from './storage/tables/opt-out-store.ts';
import { createTableRequestStore } from './storage/tables/request-store.ts';
import { createTableTemplateStore } from './storage/tables/template-store.ts';
import { createTemplateReader, createTemplateRegistry } from './templates/index.ts';
import type { WorkerWorld } from './workers.ts';

/** The composed app, as the entry files in functions/ use it. */
export interface App {
  kernel: Kernel<OperationWorld>;
  workerWorld: WorkerWorld;
  carriers: readonly Carrier[];
  webhookTakers: WebhookTakers;
}

/** Picks the adapters that the settings ask for. One app per process, and one client per storage service in it. */
function createApp(settings: Settings): App {
  const { token, publicUrl, directoryFile, simulatedCarrier, fallbackAfterSeconds } = settings;
  const now = (): Date => new Date();
  const storage = connectStorage(settings.storage);
  const directory = createMemoryDirectory(parseDirectory(readFileSync(directoryFile, 'utf8')));
  const messages = createTableMessageStore(storage);
  const outbound = createOutboundQueue(storage);
  const contacts = createTableContactStore(storage, now);
  const cleanUps = createCleanUpQueue(storage);
  const failures = createFailureCounter({ directory, contacts });
  const followUps = { messages, outbound, failures, now };
  const templateStore = createTableTemplateStore(storage);
  const carrier = createSimulatedCarrier({ ...simulatedCarrier, reportUrl: `${publicUrl}/webhooks/simulated` });
  return {
    kernel: {
      access: createAccess(createTokenVerifier(token), directory),
      world: {
        directory,
        messages,
        requests: createTableRequestStore(storage),
        outbound,
        newMessageId: () => newMessageId(now(), randomBytes),
        contacts,
        cleanUps,
        newContactId: randomUUID,
        templateStore,
        templates: createTemplateReader(templateStore, { now }),
        templateCarrier: carrier.templates,
        optOuts: createOptOutList(createTableOptOutStore(storage), { now }),
      },
      now,
    },
    workerWorld: { ...followUps, carrier, fallbackAfterSeconds, contacts, cleanUps },
    carriers: [carrier],
    webhookTakers: {
      reports: createReportRecorder(followUps),
      templates: createTemplateRegistry({ directory, templateStore, now }),
    },
  };
}

/** The app of this process. */
export const smartDialog = createApp(readSettings(process.env));
