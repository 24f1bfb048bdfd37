import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { createApiKeyReader } from './auth/api-key-reader.ts';
import { createAuthenticator } from './auth/authenticate.ts';
import { createAccess } from './auth/create-access.ts';
import { createApiKeyVerifier } from './auth/verify-api-key.ts';
import { createTokenVerifier } from './auth/verify-token.ts';
import type { Carrier } from './carriers/carrier.ts';
import type { WebhookDeps } from './carriers/receive-webhook.ts';
import { routeTemplates } from './carriers/route-templates.ts';
import { createFailureCounter } from './contacts/index.ts';
import { createInboundReceiver, createReplyRecorder } from './conversations/index.ts';
import type { AttachmentSource, AttachmentStore } from './conversations/index.ts';
import { createCarriers } from './create-carriers.ts';
import { createRecentIds, createReportRecorder, newMessageId } from './messages/index.ts';
import { createFinalStatusRecorder } from './delivery-callbacks/index.ts';
import { createNotifier, createSlowSubscribers } from './notifications/index.ts';
import { armFailpoint } from './core/failpoint.ts';
import type { Kernel } from './operation/dispatch.ts';
import type { OperationDeps } from './operations.ts';
import { createOptOutList } from './opt-outs/index.ts';
import { createAddressRule } from './outgoing/address-rule.ts';
import { createCallbackCaller, createDeliveryCaller } from './outgoing/callback-caller.ts';
import { createGuardedClient } from './outgoing/guarded-client.ts';
import { realNetwork } from './outgoing/network.ts';
import { createCallerThrottle } from './policies/caller-throttle.ts';
import { createCarrierLimiter } from './policies/carrier-limiter.ts';
import { createThrottle } from './policies/throttle.ts';
import { readCallbackSecret } from './settings/callback-settings.ts';
import { readSettings } from './settings/read-settings.ts';
import type { Settings } from './settings/read-settings.ts';
import { ownStorage } from './settings/storage-settings.ts';
import { createBlobAttachmentStore } from './storage/blobs/attachment-store.ts';
import { connectStorage, managedIdentity } from './storage/connection.ts';
import type { StorageConnection } from './storage/connection.ts';
import { openMessages } from './storage/open-messages.ts';
import { createCallbackQueue } from './storage/queues/callback-queue.ts';
import { createCleanUpQueue } from './storage/queues/clean-up-queue.ts';
import { createInboundQueue } from './storage/queues/inbound-queue.ts';
import { createNotificationQueue } from './storage/queues/notification-queue.ts';
import { createTableApiKeyStore } from './storage/tables/api-key-store.ts';
import { createTableCallbackStore } from './storage/tables/callback-store.ts';
import { createTableCarrierIdStore } from './storage/tables/carrier-id-store.ts';
import { createTableContactStore } from './storage/tables/contact-store.ts';
import { createTableDeadLetterStore } from './storage/tables/dead-letter-store.ts';
import { createTableDirectory } from './storage/tables/directory.ts';
import { createTableInboundStore } from './storage/tables/inbound-store.ts';
import { createTableMessageFinder } from './storage/tables/message-finder.ts';
import { createTableNotificationStore } from './storage/tables/notification-store.ts';
import { createTableOptOutStore } from './storage/tables/opt-out-store.ts';
import { createTableRequestStore } from './storage/tables/request-store.ts';
import { createTablePermitStore } from './storage/tables/permit-store.ts';
import { createTableSweeps } from './storage/tables/retention-sweeps.ts';
import { createTableSubscriptionStore } from './storage/tables/subscription-store.ts';
import { createTableSweepPositions } from './storage/tables/sweep-positions.ts';
import { createTableTemplateStore } from './storage/tables/template-store.ts';
import { createTableThreadStore } from './storage/tables/thread-store.ts';
import { createTemplateReader, createTemplateRegistry } from './templates/index.ts';
import type { TimerDeps } from './timers.ts';
import type { WorkerDeps } from './workers.ts';

/** The composed app, as the entry files in functions/ use it. */
export interface App {
  kernel: Kernel<OperationDeps>;
  workerDeps: WorkerDeps;
  timerDeps: TimerDeps;
  carriers: readonly Carrier[];
  /** The settings that name the storage accounts of messages, the app's own first. */
  messageConnections: readonly string[];
  webhookDeps: WebhookDeps;
  attachments: AttachmentStore;
}

const now = (): Date => new Date();
const newSecret = (): string => randomBytes(16).toString('hex');

/** Picks the adapters that the settings ask for. One app per process, and one client per storage service in it. */
function createApp(settings: Settings): App {
  if (settings.failpoint !== undefined) armFailpoint(settings.failpoint);
  const { token, fallbackAfterSeconds } = settings;
  const storage = connectStorage(settings.storage);
  const directory = createTableDirectory(storage, { now });
  const moreAccounts = settings.messageStorage.map(([, account]) => connectStorage(account));
  const { messages, outbound } = openMessages([storage, ...moreAccounts]);
  const contacts = createTableContactStore(storage, now);
  const cleanUps = createCleanUpQueue(storage);
  const failures = createFailureCounter({ directory, contacts });
  const deliveryRule = createAddressRule({ ...settings.callbacks, allowHttp: true, lengthLimit: deliveryUrlLimit });
  const callbackStores = {
    callbackStore: createTableCallbackStore(storage),
    callbackQueue: createCallbackQueue(storage),
  };
  const finalStatuses = createFinalStatusRecorder(callbackStores);
  const followUps = { messages, outbound, failures, finalStatuses, now };
  const templateStore = createTableTemplateStore(storage);
  const carriers = createCarriers(settings.carriers, {
    publicUrl: settings.publicUrl,
    identity: managedIdentity(settings.identityClientId),
    entraAuthority: settings.entraAuthority,
    allowLoopback: settings.callbacks.allowLoopback,
    now,
  });
  const verifyApiKey = createApiKeyVerifier(createApiKeyReader(createTableApiKeyStore(storage), { now }));
  const twoWay = createTwoWay(settings, storage, carriers);
  const { wait, random } = twoWay;
  const throttle = createThrottle({ store: createTablePermitStore(storage), now, wait, random });
  return {
    kernel: {
      access: createAccess(createAuthenticator(createTokenVerifier(token), verifyApiKey), directory),
      throttle: createCallerThrottle({ throttle, directory, limit: settings.callsPerMinute }),
      deps: {
        ...twoWay,
        directory,
        messages,
        requests: createTableRequestStore(storage),
        outbound,
        newMessageId: (about) => newMessageId(about, 1 + moreAccounts.length, randomBytes),
        keysByTracking: settings.keysByTracking,
        checkDlrUrl: deliveryRule,
        recentlyQueued: createRecentIds(),
        contacts,
        cleanUps,
        newContactId: randomUUID,
        templateStore,
        templates: createTemplateReader(templateStore, { now }),
        templateCarrier: routeTemplates(carriers),
        optOuts: createOptOutList(createTableOptOutStore(storage), { now }),
      },
      now,
    },
    workerDeps: {
      ...twoWay,
      ...followUps,
      ...callbackStores,
      ...createCallbackCalling(settings, deliveryRule),
      directory,
      carriers: new Map(carriers.map((carrier) => [carrier.name, carrier])),
      limiter: createCarrierLimiter({ throttle, rates: settings.carrierRates, now }),
      fallbackAfterSeconds,
      sendLeaseSeconds: settings.leases.send,
      contacts,
      cleanUps,
    },
    timerDeps: {
      ...twoWay,
      ...callbackStores,
      messages,
      messageFinders: [storage, ...moreAccounts].map(createTableMessageFinder),
      outbound,
      finalStatuses,
      repairAfterSeconds: settings.repairAfterSeconds,
      reportTimeoutSeconds: settings.reportTimeoutSeconds,
      sweeps: createTableSweeps(storage, twoWay.attachments, moreAccounts),
      sweepPositions: createTableSweepPositions(storage),
      retentionDays: settings.retentionDays,
      now,
    },
    messageConnections: [ownStorage, ...settings.messageStorage.map(([name]) => name)],
    carriers,
    webhookDeps: {
      reports: createReportRecorder(followUps),
      templates: createTemplateRegistry({ directory, templateStore, now }),
      inbound: createInboundReceiver(twoWay),
      carrierIds: twoWay.carrierIds,
      now,
    },
    attachments: twoWay.attachments,
  };
}

/** What receives messages and tells subscribers of them. */
function createTwoWay(
  { publicUrl, callbacks, threadHours, attachmentLimit, attachmentHours, notificationSchedule, leases }: Settings,
  storage: StorageConnection,
  carriers: readonly Carrier[],
) {
  const rule = createAddressRule(callbacks);
  const { allowLoopback } = callbacks;
  const subscriptions = createTableSubscriptionStore(storage);
  const notifications = createTableNotificationStore(storage);
  const notificationQueue = createNotificationQueue(storage);
  const threads = createTableThreadStore(storage);
  return {
    inbound: createTableInboundStore(storage),
    carrierIds: createTableCarrierIdStore(storage),
    inboundQueue: createInboundQueue(storage),
    threads,
    threadHours,
    replies: createReplyRecorder({ threads, threadHours, now }),
    attachments: createBlobAttachmentStore(storage),
    attachmentLimit,
    attachmentHours,
    attachmentSources: new Map(
      carriers.flatMap(({ name, attachments }): [string, AttachmentSource][] =>
        attachments === undefined ? [] : [[name, attachments]],
      ),
    ),
    subscriptions,
    checkCallback: rule,
    publicUrl,
    notifications,
    notificationQueue,
    notifier: createNotifier({ subscriptions, notifications, notificationQueue, publicUrl }),
    deadLetters: createTableDeadLetterStore(storage),
    callbacks: createCallbackCaller(createGuardedClient({ rule, network: realNetwork, allowLoopback, now })),
    slow: createSlowSubscribers(now),
    schedule: notificationSchedule,
    callLeaseSeconds: leases.flow,
    random: Math.random,
    wait: (milliseconds: number) => sleep(milliseconds, undefined, { ref: false }),
    newSecret,
    now,
  };
}

/** Characters of an address with what a delivery report adds to it: up to 255 of a sender's own data, each up to 12. */
const deliveryUrlLimit = 8_000;

/** What calls delivery-report addresses. */
function createCallbackCalling({ callbacks, leases }: Settings, rule: ReturnType<typeof createAddressRule>) {
  const { allowLoopback } = callbacks;
  return {
    leaseSeconds: leases.dlr,
    deliveryCaller: createDeliveryCaller(createGuardedClient({ rule, network: realNetwork, allowLoopback, now })),
    callbackSecret: (name: string) => readCallbackSecret(process.env, name),
  };
}

/** The app of this process. */
export const smartDialog = createApp(readSettings(process.env));
