import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { createAccess } from './auth/create-access.ts';
import { createTokenVerifier } from './auth/verify-token.ts';
import type { Carrier } from './carriers/carrier.ts';
import { createSimulatedCarrier } from './carriers/simulated/index.ts';
import { createReportJournal, newMessageId } from './messages/index.ts';
import type { ReportJournal } from './messages/index.ts';
import type { Kernel } from './operation/dispatch.ts';
import type { OperationWorld } from './operations.ts';
import { readSettings } from './settings.ts';
import type { Settings } from './settings.ts';
import { createMemoryDirectory } from './storage/memory/directory.ts';
import type { DirectoryDocument } from './storage/memory/directory.ts';
import { createOutboundQueue } from './storage/queues/outbound-queue.ts';
import { createTableMessageStore } from './storage/tables/message-store.ts';
import { createTableRequestStore } from './storage/tables/request-store.ts';
import type { WorkerWorld } from './workers.ts';

/** The composed app, as the entry files in functions/ use it. */
export interface App {
  kernel: Kernel<OperationWorld>;
  workerWorld: WorkerWorld;
  carriers: readonly Carrier[];
  reports: ReportJournal;
}

/** Picks the adapters that the settings ask for. One app per process, and one client per storage service in it. */
export function createApp({ storage, token, publicUrl, directoryFile, simulatedCarrier }: Settings): App {
  const now = (): Date => new Date();
  const directory = createMemoryDirectory(JSON.parse(readFileSync(directoryFile, 'utf8')) as DirectoryDocument);
  const messages = createTableMessageStore(storage);
  const outbound = createOutboundQueue(storage);
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
      },
      now,
    },
    workerWorld: { messages, outbound, carrier, now },
    carriers: [carrier],
    reports: createReportJournal(messages),
  };
}

/** The app of this process. */
export const smartDialog = createApp(readSettings(process.env));
