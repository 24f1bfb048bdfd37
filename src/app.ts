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
import type { AttachmentSource } from './conversations/index.ts';
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
import type { Settings } from './settings/settings.ts';
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
import { createTableExpiredRows } from './storage/tables/expired-rows.ts';
import { createTableSubscriptionStore } from './storage/tables/subscription-store.ts';
import { createTableSweepPositions } from './storage/tables/sweep-positions.ts';
import { createTableTemplateStore } from './storage/tables/template-store.ts';
import { createTableThreadStore } from './storage/tables/thread-store.ts';
import { createTemplateReader, createTemplateRegistry } from './templates/index.ts';
import type { TimerDeps } from './timers.ts';
import type { WorkerDeps } from './workers.ts';

/** The composed app, as the entry files in functions/ use it. */
export interface App {
  kernel: Kernel<AppDeps>;
  /** What operations, workers and timers depend on, grouped by noun. */
  deps: AppDeps;
  carriers: readonly Carrier[];
  /** The settings that name the storage accounts of messages, the app's own first. */
  messageConnections: readonly string[];
  webhookDeps: WebhookDeps;
}

type AppDeps = OperationDeps & WorkerDeps & TimerDeps;

const now = (): Date => new Date();
const random = Math.random;
const wait = (milliseconds: number): Promise<void> => sleep(milliseconds, undefined, { ref: false });
const newSecret = (): string => randomBytes(16).toString('hex');

/**
 * Wires the app: puts an adapter behind each port. There is one app per process, and one client per storage service in
 * it.
 */
function createApp(settings: Settings): App {
  if (settings.failpoint !== undefined) armFailpoint(settings.failpoint);
  const storage = connectStorage(settings.storage);
  const moreAccounts = settings.messageStorage.map(([, account]) => connectStorage(account));

  const directory = createTableDirectory(storage, { now });
  const optOuts = createOptOutList(createTableOptOutStore(storage), { now });
  const throttle = createThrottle({ store: createTablePermitStore(storage), now, wait, random });
  const carriers = openCarriers(settings);
  const contacts = {
    store: createTableContactStore(storage, now),
    cleanUps: createCleanUpQueue(storage),
    newId: randomUUID,
  };
  const templateStore = createTableTemplateStore(storage);
  const templates = {
    store: templateStore,
    reader: createTemplateReader(templateStore, { now }),
    carrier: routeTemplates(carriers),
  };
  const threads = { store: createTableThreadStore(storage), hours: settings.threadHours };
  const attachments = {
    store: createBlobAttachmentStore(storage),
    sources: attachmentSources(carriers),
    maxBytes: settings.attachmentLimit,
    hours: settings.attachmentHours,
  };
  const flows = createFlows(settings, storage);
  const inbound = {
    store: createTableInboundStore(storage),
    queue: createInboundQueue(storage),
    notifier: createNotifier({ flows }),
  };
  const checkDlrUrl = dlrRule(settings);
  const dlr = createDlr(settings, storage, checkDlrUrl);
  const messages = {
    ...createMessages(settings, [storage, ...moreAccounts], checkDlrUrl),
    failures: createFailureCounter({ directory, contacts: contacts.store }),
    finalStatuses: createFinalStatusRecorder({ dlr }),
    replies: createReplyRecorder({ threads, now }),
  };
  const deps: AppDeps = {
    directory,
    optOuts,
    contacts,
    templates,
    threads,
    attachments,
    flows,
    inbound,
    dlr,
    messages,
    carriers: {
      byName: new Map(carriers.map((carrier) => [carrier.name, carrier])),
      limiter: createCarrierLimiter({ throttle, rates: settings.carrierRates, now }),
      ids: createTableCarrierIdStore(storage),
    },
    maintenance: {
      positions: createTableSweepPositions(storage),
      expiredRows: createTableExpiredRows(storage, attachments.store, moreAccounts),
      stalledAfterSeconds: settings.repairAfterSeconds,
      retentionDays: settings.retentionDays,
    },
    newSecret,
    random,
    wait,
    now,
  };
  const verifyApiKey = createApiKeyVerifier(createApiKeyReader(createTableApiKeyStore(storage), { now }));
  return {
    kernel: {
      access: createAccess(createAuthenticator(createTokenVerifier(settings.token), verifyApiKey), directory),
      throttle: createCallerThrottle({ throttle, directory, limit: settings.callsPerMinute }),
      deps,
      now,
    },
    deps,
    carriers,
    messageConnections: [ownStorage, ...settings.messageStorage.map(([name]) => name)],
    webhookDeps: {
      reports: createReportRecorder(deps),
      templates: createTemplateRegistry(deps),
      inbound: createInboundReceiver(deps),
      carriers: deps.carriers,
      now,
    },
  };
}

/** Opens the carriers that the settings name. */
function openCarriers(settings: Settings): readonly Carrier[] {
  return createCarriers(settings.carriers, {
    publicUrl: settings.publicUrl,
    identity: managedIdentity(settings.identityClientId),
    entraAuthority: settings.entraAuthority,
    allowLoopback: settings.callbacks.allowLoopback,
    now,
  });
}

/** Maps carriers' names to the sources from which their attachments are fetched. */
function attachmentSources(carriers: readonly Carrier[]): ReadonlyMap<string, AttachmentSource> {
  return new Map(
    carriers.flatMap(({ name, attachments }): [string, AttachmentSource][] =>
      attachments === undefined ? [] : [[name, attachments]],
    ),
  );
}

/** Wires messages in all their storage accounts. */
function createMessages(
  settings: Settings,
  accounts: readonly [StorageConnection, ...StorageConnection[]],
  checkDlrUrl: AddressRule,
) {
  const { messages: store, outbound: queue } = openMessages(accounts);
  return {
    store,
    queue,
    finders: accounts.map(createTableMessageFinder),
    requests: createTableRequestStore(accounts[0]),
    newId: (about: Parameters<typeof newMessageId>[0]) => newMessageId(about, accounts.length, randomBytes),
    keysByTracking: settings.keysByTracking,
    checkDlrUrl,
    recentlyQueued: createRecentIds(),
    fallbackAfterSeconds: settings.fallbackAfterSeconds,
    reportTimeoutSeconds: settings.reportTimeoutSeconds,
    leaseSeconds: settings.leases.send,
  };
}

/** Wires the flows that subscribe to inbound messages, and how they are called. */
function createFlows({ callbacks, publicUrl, notificationSchedule, leases }: Settings, storage: StorageConnection) {
  const rule = createAddressRule(callbacks);
  const { allowLoopback } = callbacks;
  return {
    subscriptions: createTableSubscriptionStore(storage),
    notifications: createTableNotificationStore(storage),
    queue: createNotificationQueue(storage),
    deadLetters: createTableDeadLetterStore(storage),
    caller: createCallbackCaller(createGuardedClient({ rule, network: realNetwork, allowLoopback, now })),
    checkUrl: rule,
    slow: createSlowSubscribers(now),
    schedule: notificationSchedule,
    leaseSeconds: leases.flow,
    publicUrl,
  };
}

/** Wires the calls of DlrUrls. */
function createDlr(settings: Settings, storage: StorageConnection, rule: AddressRule) {
  const { allowLoopback } = settings.callbacks;
  const client = createGuardedClient({ rule, network: realNetwork, allowLoopback, now });
  return {
    store: createTableCallbackStore(storage),
    queue: createCallbackQueue(storage),
    caller: createDeliveryCaller(client),
    secret: (name: string) => readCallbackSecret(process.env, name),
    schedule: settings.notificationSchedule,
    leaseSeconds: settings.leases.dlr,
  };
}

/**
 * The maximum number of characters of a DlrUrl with what a delivery report adds to it: up to 255 of a sender's own
 * data, each up to 12.
 */
const dlrUrlLimit = 8_000;

type AddressRule = ReturnType<typeof createAddressRule>;

/** Returns the rule for DlrUrls: plain http is allowed too, because published flows may have it. */
function dlrRule({ callbacks }: Settings): AddressRule {
  return createAddressRule({ ...callbacks, allowHttp: true, lengthLimit: dlrUrlLimit });
}

/** The app of this process. */
export const smartDialog = createApp(readSettings(process.env));
